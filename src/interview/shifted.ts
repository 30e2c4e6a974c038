import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import { encodeId } from "../core/id.ts";
import { zonesInUse } from "../core/zone.ts";
import type { Database } from "../db/client.ts";
import { accounts } from "../db/schema/account.ts";
import { interviews } from "../db/schema/interview.ts";
import { agreedStart, timezoneShift } from "./timezone-shift.ts";
import type { TimezoneShift } from "./timezone-shift.ts";

const BATCH = 1_000;

/** An interview whose agreed local time the release in use reads as another instant than its start. */
export interface ShiftedInterview {
  /** As clients see it. */
  id: string;
  /** External id. */
  account: string;
  timezone: string;
  localStart: string;
  startsAt: Date;
  /** The release that computed `startsAt`. */
  storedBy: string;
  shift: TimezoneShift;
}

/** The upcoming ones of all accounts, without cancelled ones: account by account, in the order of their starts. */
export async function* findShiftedInterviews(db: Database, now: Date): AsyncGenerator<ShiftedInterview> {
  let rows = await readBatch(db, now);
  while (rows.length > 0) {
    for (const { id, localStart, ...row } of rows) {
      const shift = timezoneShift({ ...row, localStart });
      if (shift) yield { ...row, id: encodeId("Interview", id), localStart: agreedStart(localStart), shift };
    }
    rows = await readBatch(db, now, rows.at(-1));
  }
}

/** The same for people, line by line, with a sum at the end. */
export async function* reportShifts(db: Database, now: Date): AsyncGenerator<string> {
  let count = 0;
  for await (const interview of findShiftedInterviews(db, now)) {
    count += 1;
    yield describeShift(interview);
  }
  const interviews = count === 1 ? "1 interview that lies ahead begins" : `${count} interviews that lie ahead begin`;
  yield `By release ${zonesInUse().release}, ${interviews} at another instant than stored. Nothing was changed.`;
}

function describeShift({ shift, ...interview }: ShiftedInterview): string {
  const { id, account, timezone, localStart, startsAt, storedBy } = interview;
  const then = shift.startTime?.toISOString() ?? "no single instant";
  return `${id} ${account} ${timezone} ${localStart} is ${startsAt.toISOString()} by ${storedBy}, ${then} by ${shift.tzVersion}`;
}

interface Row extends Omit<ShiftedInterview, "shift"> {
  accountId: string;
}

function readBatch(db: Database, now: Date, after?: Row): Promise<Row[]> {
  const { accountId, startsAt, id } = interviews;
  const position = after && [after.accountId, after.startsAt.toISOString(), after.id].map((value) => sql`${value}`);
  return db
    .select({
      accountId,
      id,
      account: accounts.externalId,
      timezone: interviews.timezone,
      localStart: interviews.localStart,
      startsAt,
      storedBy: interviews.tzVersion,
    })
    .from(interviews)
    .innerJoin(accounts, eq(accounts.id, accountId))
    .where(
      and(
        gt(startsAt, now),
        isNull(interviews.outcome),
        position && sql`(${accountId}, ${startsAt}, ${id}) > (${sql.join(position, sql`, `)})`,
      ),
    )
    .orderBy(asc(accountId), asc(startsAt), asc(id))
    .limit(BATCH);
}
