import { z } from "zod";
import { defineTask } from "../tasks/define.ts";

/** Gives a committed interview its conference, calendar event and invitations. */
export const provisionInterview = defineTask({
  name: "provision-interview",
  payload: z.object({ interviewId: z.uuid() }),
  retryLimit: 100_000,
});
