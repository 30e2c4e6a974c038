import { z } from "zod";

const LONGEST = 100;

/** The options of a `query` argument of a list whose items have what `parts` says. */
export const searchArgument = (parts: string) => ({
  validate: { schema: z.string().max(LONGEST, `must have at most ${LONGEST} characters`) },
  description: `Words that must all occur in ${parts}, in either letter case; at most ${LONGEST} characters. All when left out.`,
});
