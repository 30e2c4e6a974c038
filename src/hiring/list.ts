import { applications, jobs, offices } from "../db/schema/hiring.ts";
import { defineDirectoryList } from "../operation/directory.ts";
import { ofSeenApplications, ofSeenJobs } from "./visibility.ts";

/** Jobs that the caller sees, in the order of their titles. */
export const listJobs = defineDirectoryList({ table: jobs, sort: "title", seen: (ctx) => ofSeenJobs(ctx, jobs.id) });

/** Applications that the caller sees, the oldest first. */
export const listApplications = defineDirectoryList({
  table: applications,
  sort: "createdAt",
  seen: (ctx) => ofSeenApplications(ctx, applications),
});

/** Offices in the order of their names. */
export const listOffices = defineDirectoryList({ table: offices, sort: "name" });
