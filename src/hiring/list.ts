import { applications, jobs, offices } from "../db/schema/hiring.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { loadPage } from "../operation/page.ts";
import type { Page, PageArguments } from "../operation/page.ts";
import type { Application, Job, Office } from "./load.ts";

/** Jobs in the order of their titles. */
export async function listJobs(ctx: Context, args: PageArguments): Promise<Page<Job>> {
  requireScope(ctx, "directory:read");
  return loadPage(ctx, { table: jobs, sort: "title" }, args);
}

/** Applications, the oldest first. */
export async function listApplications(ctx: Context, args: PageArguments): Promise<Page<Application>> {
  requireScope(ctx, "directory:read");
  return loadPage(ctx, { table: applications, sort: "createdAt" }, args);
}

/** Offices in the order of their names. */
export async function listOffices(ctx: Context, args: PageArguments): Promise<Page<Office>> {
  requireScope(ctx, "directory:read");
  return loadPage(ctx, { table: offices, sort: "name" }, args);
}
