import { sql } from "drizzle-orm";
import type { SQL, SQLWrapper } from "drizzle-orm";
import { customType } from "drizzle-orm/pg-core";

/** Text that lists are sorted by, in the order that readers of names expect: ICU's root order. */
export const sortedText = customType<{ data: string }>({ dataType: () => 'text collate "und-x-icu"' });

/**
 * What searches compare: full upper case, so that `ς` and `Σ`, `ß`, `ẞ` and `SS` are equal. The text must be in NFC, as
 * everything stored is; few upper cases are not, and normalizing those alone takes a tenth of the time.
 */
export function searchKey(text: SQLWrapper): SQL {
  const upper = sql`upper(lower(${text} collate "und-x-icu"))`;
  return sql`(case when ${upper} is nfc normalized then ${upper} else normalize(${upper}) end)`;
}

/** What a search for people compares. */
export const personSearchKey = ({ name, email }: { name: SQLWrapper; email: SQLWrapper }) =>
  searchKey(sql`(${name} || ' ' || ${email})`);
