import { and, asc, eq, gt, notInArray } from "drizzle-orm";
import { loaded } from "../read/loader.ts";
import { loadPages, PARENT_ID } from "../listing/page.ts";
import type { Page, PageArguments } from "../listing/page.ts";
import type { Context } from "../operation/context.ts";
import type { Executor } from "../db/client.ts";
import { events } from "../db/schema/event.ts";
import { editedFields } from "./commit.ts";
import { INTERVIEW_FIELDS } from "./field.ts";
import type { FieldChange, InterviewField } from "./field.ts";
import type { Interview } from "./load.ts";

/** What callers have changed since a version, in the order of the fields. */
export async function fieldsEditedSince(
  executor: Executor,
  { accountId, id }: Pick<Interview, "accountId" | "id">,
  version: number,
): Promise<InterviewField[]> {
  const rows = await executor
    .select({ changes: events.changes })
    .from(events)
    .where(
      and(
        eq(events.accountId, accountId),
        eq(events.subjectId, id),
        gt(events.subjectVersion, version),
        notInArray(events.type, ["INTERVIEW_PROVISIONED", "INTERVIEW_PROVISIONING_FAILED"]),
      ),
    )
    .orderBy(asc(events.sequence));
  const changed = new Set(rows.flatMap(({ changes }) => editedFields(changes as FieldChange[])));
  return INTERVIEW_FIELDS.filter((field) => changed.has(field));
}

/** A change as it is stored. */
export type HistoryRow = typeof events.$inferSelect;

/** The changes of an interview, the oldest first; those of several interviews are read in one statement. */
export async function listHistory(ctx: Context, interviewId: string, page: PageArguments): Promise<Page<HistoryRow>> {
  const found = ctx.batch(`history ${JSON.stringify(page)}`, interviewId, (parentIds) => {
    const where = eq(events.subjectId, PARENT_ID);
    return loadPages(ctx, { table: events, sort: "sequence", where }, { args: page, parentIds });
  });
  return loaded(found);
}
