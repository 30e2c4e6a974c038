import { z } from "zod";

const LONGEST = 100;

/** The options of a `query` argument of a list whose items have what `parts` says. */
export const searchArgument = (parts: string) => ({
  validate: { schema: z.string().max(LONGEST, `must have at most ${LONGEST} characters`) },
  description:
    `Words that must all occur in ${parts}, at most ${LONGEST} characters. Parts of words will do. Letter case does not matter ` +
    "(full case mapping: `STRASSE` finds `Straße`), nor does the Unicode form (NFC or NFD); accents do. All when left out.",
});
