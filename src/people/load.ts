import { users } from "../db/schema/people.ts";
import type { Context } from "../operation/context.ts";
import { defineRowLoader, loaded } from "../operation/loader.ts";
import type { Columns } from "../operation/loader.ts";

export type User = typeof users.$inferSelect;

export const userInAccount = defineRowLoader(users);

/** The users who sit on some seats, in the order of the seats. */
export function usersOfSeats(
  ctx: Context,
  seats: readonly { userId: string }[],
  columns: Columns = null,
): Promise<User[]> {
  return Promise.all(seats.map((seat) => loaded(ctx.load(userInAccount, seat.userId, columns))));
}
