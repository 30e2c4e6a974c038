import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What the owner of a data folder does: it serves, runs a command that soon ends, or is about to end. */
export type Tenure = "serving" | "command" | "leaving";

export interface FolderLock {
  /** Notifies the processes that wait for the folder. */
  announce(tenure: Tenure): void;
  release(): void;
}

const SQLITE_BUSY = 5;
/** A lock ends with its object: the garbage collector must not find it. */
const HELD = new Set<DatabaseSync>();

/**
 * Makes this process the owner of the folder until it releases it or ends, even by SIGKILL; null while another is. The lock is the
 * one that SQLite takes on its files, since Node.js has no file locks of its own: the system frees it with its process.
 */
export function lockFolder(directory: string, tenure: Tenure): FolderLock | null {
  const file = new DatabaseSync(join(directory, "owner.lock"));
  try {
    // A journal on disk would be a third file, and nothing is ever written.
    file.exec("pragma journal_mode = memory; begin exclusive");
  } catch (error) {
    file.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) return null;
    throw error;
  }
  HELD.add(file);
  const release = () => {
    if (HELD.delete(file)) file.close();
  };
  const announce = (current: Tenure) => writeFileSync(ownerFile(directory), `${process.pid} ${current}\n`);
  try {
    announce(tenure);
  } catch (error) {
    release();
    throw error;
  }
  return { announce, release };
}

/** The last process that claimed the folder; it may have released it since. */
export function readOwner(directory: string): { pid: number; tenure: string } {
  try {
    const [pid, tenure = ""] = readFileSync(ownerFile(directory), "utf8").trim().split(" ");
    return { pid: Number(pid), tenure };
  } catch {
    return { pid: 0, tenure: "" };
  }
}

const ownerFile = (directory: string): string => join(directory, "owner");
