import { interviews } from "../../db/schema/interview.ts";
import { interviewLoops } from "../../db/schema/loop.ts";
import { defineListLoader, defineRowLoader } from "../../read/loader.ts";

/** Interviews of one application that are scheduled together. */
export type InterviewLoop = typeof interviewLoops.$inferSelect;

export const loopInAccount = defineRowLoader(interviewLoops);

export const interviewsOfLoop = defineListLoader(interviews, { by: "loopId", order: ["startsAt", "id"] });
