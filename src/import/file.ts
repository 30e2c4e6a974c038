import { readFile, stat } from "node:fs/promises";
import { StartError } from "../core/error.ts";
import { singleLine } from "../core/text.ts";
import type { ImportReport } from "./upsert.ts";

const MEGABYTE = 1024 * 1024;
const LARGEST = 64 * MEGABYTE;

const COUNTS = ["inserted", "updated", "retired", "revived", "deleted", "unchanged"] as const;

/** How the parser's quotation of the text around an unexpected token begins. */
const QUOTE = '..."';
/** Characters that the parser quotes before an unexpected token. */
const QUOTED_BEFORE = 10;

/**
 * Reads a file of JSON.
 * @throws StartError when it cannot be read, is larger than 64 MB, or is not JSON in UTF-8
 */
export async function readDirectoryFile(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StartError(`${path} is not JSON: ${whereItFails(text, cause)}. Correct the file there.`, { cause });
  }
}

/** A table of what an import did. */
export function formatReport(report: ImportReport): string {
  const header = ["", ...COUNTS];
  const lines = Object.entries(report).map(([table, counts]) => [
    words(table),
    ...COUNTS.map((count) => String(counts[count])),
  ]);
  return [header, ...lines]
    .map(([table = "", ...cells]) => `${table.padEnd(28)}${cells.map((cell) => cell.padStart(11)).join("")}\n`)
    .join("");
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST) {
      throw new StartError(
        `${path} is larger than ${LARGEST / MEGABYTE} MB. Split it into files that each bring what they refer to.`,
      );
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    throw new StartError(`${path} cannot be read: ${reason(cause)}`, { cause });
  }
}

function reason(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return "there is no such file. Name an existing one.";
  if (code === "EISDIR") return "it is a folder. Name a file in it.";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "it is not UTF-8. Save it as UTF-8.";
  return `${cause instanceof Error ? cause.message : String(cause)}. Name a file that can be read.`;
}

/** The parser names line and column of most mistakes, and quotes the text around an unexpected token instead. */
function whereItFails(text: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const begin = message.indexOf(QUOTE);
  if (begin < 0) return message;
  const around = message.slice(begin + QUOTE.length, message.lastIndexOf('"'));
  const line = text.slice(0, text.indexOf(around) + QUOTED_BEFORE).split("\n").length;
  return `${singleLine(message)} (line ${line})`;
}

const words = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
