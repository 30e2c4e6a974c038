import { z } from "zod";
import { defineTask } from "../tasks/define.ts";

/** Asks the calendars that a search needs, and completes it. */
export const completeSearch = defineTask({
  name: "complete-availability-search",
  payload: z.object({ searchId: z.uuid() }),
  retryLimit: 10,
});
