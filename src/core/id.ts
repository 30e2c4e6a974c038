import { v5, v7 } from "uuid";
import { RequestError } from "./error.ts";

const NAMESPACE = "6f1c3c8e-6b0e-5a57-9d0c-0d6f5d4f7a11";
/** Namespace of the UUIDs that replace texts which are no ids. */
const NOTHING = "0b7c4a52-2f0b-5c6e-8d53-4b8f3a1de9c7";

const MAX_QUOTED = 60;

/** The nouns that can be read again by their id: the schema's types that implement Node. */
export const NOUNS = [
  "Account",
  "Application",
  "AvailabilitySearch",
  "Candidate",
  "EmailTemplate",
  "Interview",
  "InterviewLoop",
  "InterviewPlan",
  "Job",
  "LoopAvailabilitySearch",
  "Office",
  "ScorecardTemplate",
  "Stage",
  "StageActivity",
  "User",
] as const;
export type Noun = (typeof NOUNS)[number];

const isNoun = (text: string | undefined): text is Noun => NOUNS.some((noun) => noun === text);

/** A new row's id: a UUID of version 7, so ids of one table grow with time. */
export const newId = (): string => v7();

/** The id of an imported row: the same account, noun and external id give the same UUID in every database. */
export function stableId(account: string, noun: string, externalId: string): string {
  return v5(JSON.stringify([account, noun, externalId]), NAMESPACE);
}

/** The id that clients see, such as `User_741381df-cb02-5243-b209-8cb00a4b81ab`: safe in a URL, readable in a log. */
export function encodeId(noun: string, id: string): string {
  return `${noun}_${id}`;
}

/** One object has one spelling: lower case, with hyphens. */
const ENCODED = /^([A-Za-z]{1,40})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Noun and UUID of an id; null for any text that {@link encodeId} did not make. */
export function parseId(text: string): { noun: Noun; id: string } | null {
  const [, noun, id] = ENCODED.exec(text) ?? [];
  return id !== undefined && isNoun(noun) ? { noun, id } : null;
}

/** The UUID in the id of one noun, or why the text is none and what to send, in two sentences. */
export function readId(noun: Noun, text: string): { id: string } | { fault: string } {
  const parsed = parseId(text);
  if (parsed?.noun === noun) return { id: parsed.id };
  return parsed
    ? { fault: `${ofAnother(text, parsed.noun)} Send the id of ${withArticle(noun)}.` }
    : { fault: `${notAnId(text)} ${SEND_AN_ID}` };
}

/**
 * Reads an id that a client sent back.
 * @throws RequestError INVALID_ID when it was not made by {@link encodeId}
 */
export function decodeId(text: string): { noun: Noun; id: string } {
  const parsed = parseId(text);
  if (parsed) return parsed;
  throw new RequestError("INVALID_ID", `${notAnId(text)} ${SEND_AN_ID}`);
}

/**
 * Reads the id of one noun.
 * @throws RequestError INVALID_ID when it is malformed or another noun's
 */
export function decodeIdOf(noun: Noun, text: string): string {
  const read = readId(noun, text);
  if ("id" in read) return read.id;
  throw new RequestError("INVALID_ID", read.fault);
}

/**
 * The ids of one input. A text that is no id of its noun is read as a UUID that no row has, so that it is refused like an
 * unknown id; the text is remembered for the message.
 */
export class SentIds {
  readonly #wrong = new Map<string, string>();

  read(noun: Noun, text: string): string {
    const parsed = parseId(text);
    if (parsed?.noun === noun) return parsed.id;
    const standIn = v5(shortened(text), NOTHING);
    this.#wrong.set(standIn, text);
    return standIn;
  }

  /** Whether the text that was read as this UUID was no id of its noun. */
  isWrong(id: string): boolean {
    return this.#wrong.has(id);
  }

  /** The id as it was sent, in quotes. */
  quote(noun: Noun, id: string): string {
    return quote(this.#wrong.get(id) ?? encodeId(noun, id));
  }

  /** Why nothing was found by an id, in a sentence that quotes it. */
  explain(noun: Noun, id: string): string {
    const text = this.#wrong.get(id);
    if (text === undefined) return `Sent: ${quote(encodeId(noun, id))}.`;
    const parsed = parseId(text);
    return parsed ? ofAnother(text, parsed.noun) : notAnId(text);
  }
}

const SEND_AN_ID = "Send an id that a query returned.";
const notAnId = (text: string): string => `${quote(text)} is not an id of this API.`;
const ofAnother = (text: string, noun: Noun): string => `${quote(text)} is the id of ${withArticle(noun)}.`;
const withArticle = (noun: Noun): string => (/^[AEIO]/.test(noun) ? `an ${noun}` : `a ${noun}`);

const quote = (text: string): string => JSON.stringify(shortened(text));

/** As much of a text as is quoted: a wrong id may be as long as the request. */
const shortened = (text: string): string =>
  (text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text).toWellFormed();
