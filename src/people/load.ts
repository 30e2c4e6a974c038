import { emailAddressKey, readEmailAddress } from "../core/email-address.ts";
import { emailKey, users } from "../db/schema/people.ts";
import type { Context } from "../operation/context.ts";
import type { IdentifiedNoun } from "../listing/directory.ts";
import { defineRowLoader, loaded } from "../read/loader.ts";
import type { Columns } from "../read/loader.ts";

export type User = typeof users.$inferSelect;

export const userInAccount = defineRowLoader(users);
export const USERS: IdentifiedNoun<User> = { byId: userInAccount, byExternalId: defineRowLoader(users, "externalId") };

/** By what {@link userEmailKey} makes of an address. */
export const userByEmail = defineRowLoader(users, "email", { sql: emailKey(users), of: emailAddressKey });

/** An address as the directory stores it, without its letter case. */
export function userEmailKey(text: string): string {
  const trimmed = text.trim();
  return emailAddressKey(readEmailAddress(trimmed).address ?? trimmed);
}

/** The users who sit on some seats, in the order of the seats. */
export function usersOfSeats(
  ctx: Context,
  seats: readonly { userId: string }[],
  columns: Columns = null,
): Promise<User[]> {
  return Promise.all(seats.map((seat) => loaded(ctx.load(userInAccount, seat.userId, columns))));
}
