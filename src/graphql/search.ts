import { z } from "zod";

const MAX_LENGTH = 100;

/** The options of a `query` argument of a list whose items have what `parts` says. */
export const searchArgument = (parts: string) => ({
  validate: { schema: z.string().max(MAX_LENGTH, `must have at most ${MAX_LENGTH} characters`) },
  description:
    `Words that must all occur in ${parts}, at most ${MAX_LENGTH} characters. Parts of words will do. Letter case does not matter ` +
    "(full case mapping: `STRASSE` finds `Straße`), nor does the Unicode form (NFC or NFD); accents do. All when left out.",
});
