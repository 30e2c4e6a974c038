import { and, sql } from "drizzle-orm";
import { users } from "../db/schema/people.ts";
import { defineDirectoryList } from "../listing/directory.ts";
import { matchingUsers } from "../people/list.ts";
import type { ConferencePlatform } from "./note-taker.ts";

export interface HostFilter {
  platform: ConferencePlatform;
  query: string | null | undefined;
}

/** Users who may host a meeting, in the order of their names. Only Zoom has seats, so the other platforms have no hosts. */
export const listConferenceHosts = defineDirectoryList({
  table: users,
  sort: "name",
  matching: ({ platform, query }: HostFilter) =>
    and(platform === "ZOOM" ? undefined : sql`false`, matchingUsers({ query, active: true, zoomSeat: "ACTIVE" })),
});
