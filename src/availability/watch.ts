import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import { arrayLiteral } from "../db/client.ts";
import type { Database } from "../db/client.ts";
import { Reader } from "../events/reader.ts";
import type { SearchEnds } from "../operation/context.ts";

/** The process's one look at whether the searches that are followed have ended, by whichever process. */
export interface SearchWatch extends SearchEnds {
  /** Looks at once instead of at the next poll. */
  kick(): void;
  stop(): Promise<void>;
}

interface Waiting {
  accountId: string;
  id: string;
  /** @param ended whether the search has, and not the process */
  end: (ended: boolean) => void;
}

export function createSearchWatch(db: Database, log: Logger): SearchWatch {
  const waiting = new Set<Waiting>();
  const read = async () => {
    if (waiting.size === 0) return false;
    const ended = new Set((await endedOf(db, [...waiting])).map(({ id }) => id));
    for (const one of waiting) if (ended.has(one.id)) one.end(true);
    return false;
  };
  const reader = new Reader(read, log, "which searches have ended");
  return {
    follow({ accountId, id }) {
      const ended = Promise.withResolvers<boolean>();
      const end = (hasEnded: boolean) => {
        waiting.delete(one);
        ended.resolve(hasEnded);
      };
      const one = { accountId, id, end };
      waiting.add(one);
      reader.kick();
      return { ended: ended.promise, leave: () => end(false) };
    },
    kick: () => reader.kick(),
    async stop() {
      for (const one of waiting) one.end(false);
      await reader.stop();
    },
  };
}

/** One that was deleted meanwhile has ended as well. */
function endedOf(db: Database, searches: readonly Waiting[]) {
  const accountIds = arrayLiteral(searches.map(({ accountId }) => accountId));
  const ids = arrayLiteral(searches.map(({ id }) => id));
  return db.execute<{ id: string }>(sql`
    select wanted.id
    from unnest(${accountIds}::uuid[], ${ids}::uuid[]) as wanted (account_id, id)
    left join availability_searches search on search.account_id = wanted.account_id and search.id = wanted.id
    where search.state is distinct from 'PENDING'`);
}
