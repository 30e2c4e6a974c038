import { applications, jobs, offices } from "../db/schema/hiring.ts";
import { defineDirectoryList } from "../operation/directory.ts";

/** Jobs in the order of their titles. */
export const listJobs = defineDirectoryList({ table: jobs, sort: "title" });

/** Applications, the oldest first. */
export const listApplications = defineDirectoryList({ table: applications, sort: "createdAt" });

/** Offices in the order of their names. */
export const listOffices = defineDirectoryList({ table: offices, sort: "name" });
