import * as own from "./own.ts";
import { questionOf } from "./question.ts";
import type { FreeStart, Question } from "./question.ts";
import * as dateRanges from "./rival/date-ranges.ts";
import * as luxon from "./rival/luxon.ts";

/** Ways to answer the same question; the first is the gateway's. */
export const WAYS = ["gateway", "luxon", "date-ranges"] as const;
export type Way = (typeof WAYS)[number];

/** What is measured in the first call of a process: a way, or what only the gateway does. */
export type Task = Way | OwnTask;
export type OwnTask = "search" | "loop" | "worst-loop";

/** Prepares what would have been read, and returns what is measured. */
export function prepare(task: OwnTask, question: Question): () => number;
export function prepare(task: Way, question: Question): () => FreeStart[];
export function prepare(task: Task, question: Question): () => unknown;
export function prepare(task: Task, question: Question): () => unknown {
  if (task === "luxon") return () => luxon.freeStarts(question);
  if (task === "date-ranges") return () => dateRanges.freeStarts(question);
  if (task === "gateway") {
    const facts = own.factsOf(question);
    return () => own.freeStarts(question, facts);
  }
  if (task === "search") {
    const facts = own.factsOf(question, { maxPerDay: MAX_PER_DAY });
    return () => own.search(question, facts);
  }
  const isWorst = task === "worst-loop";
  const loop = isWorst ? own.worstLoop(question) : own.ordinaryLoop(question);
  const facts = isWorst ? own.worstFacts(question) : own.factsOf(question, { maxPerDay: MAX_PER_DAY });
  const people = own.loopPeople(question, facts, loop);
  return () => own.loops(question, people, loop);
}

export const MAX_PER_DAY = 1;
/** Ten interviewers and an organizer, and the longest window. */
export const MONTH = questionOf({ people: 11, days: 30 });
