import { and, eq, isNull, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { applications, candidates, jobs, offices } from "../db/schema/hiring.ts";
import { defineDirectoryList } from "../operation/directory.ts";
import { ofSeenApplications, ofSeenJobs } from "./visibility.ts";

/** Jobs that the caller sees, in the order of their titles. */
export const listJobs = defineDirectoryList({ table: jobs, sort: "title", seen: (ctx) => ofSeenJobs(ctx, jobs.id) });

/** Applications that the caller sees, the oldest first; none whose job or candidate is retired. */
export const listApplications = defineDirectoryList({
  table: applications,
  sort: "createdAt",
  seen: async (ctx) =>
    and(
      await ofSeenApplications(ctx, applications),
      isOffered(jobs, applications.jobId),
      isOffered(candidates, applications.candidateId),
    ),
});

function isOffered(table: typeof jobs | typeof candidates, id: PgColumn): SQL {
  const its = and(eq(table.accountId, applications.accountId), eq(table.id, id), isNull(table.retiredAt));
  return sql`exists (select from ${table} where ${its})`;
}

/** Offices in the order of their names. */
export const listOffices = defineDirectoryList({ table: offices, sort: "name" });
