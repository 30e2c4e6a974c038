import { and, eq, isNotNull, isNull } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { personSearchKey } from "../db/schema/name.ts";
import { users } from "../db/schema/people.ts";
import { defineDirectoryList } from "../listing/directory.ts";
import { containsWords } from "../listing/search.ts";
import type { User } from "./load.ts";

/** Which users a list holds. Omitted fields and null match everything. */
export interface UserFilter {
  /** Parts of names and addresses. */
  query?: string | null | undefined;
  role?: User["role"] | null | undefined;
  active?: boolean | null | undefined;
  calendarConnected?: boolean | null | undefined;
  zoomSeat?: User["zoomSeat"] | undefined;
}

export function matchingUsers({ query, role, active, calendarConnected, zoomSeat }: UserFilter): SQL | undefined {
  const connected = calendarConnected ? isNotNull(users.calendarAddress) : isNull(users.calendarAddress);
  return and(
    role ? eq(users.role, role) : undefined,
    active == null ? undefined : eq(users.active, active),
    calendarConnected == null ? undefined : connected,
    zoomSeat ? eq(users.zoomSeat, zoomSeat) : undefined,
    containsWords(personSearchKey(users), query),
  );
}

/** Users in the order of their names. */
export const listUsers = defineDirectoryList({ table: users, sort: "name", matching: matchingUsers });
