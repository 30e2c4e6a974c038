import { MINUTE, STEP } from "./legs.ts";
import type { LoopPerson, Placed } from "./legs.ts";

/** A limit of a person, for each start of the grid. */
export interface Limit {
  bit: number;
  /** The number of the day or week. */
  numbers: Int32Array;
  /** The first start of the next day or week. */
  nexts: Int32Array;
  /** How many more interviews may begin in the day or week. */
  rooms: Int32Array;
}

export function limitOf(
  { max, periods }: LoopPerson["limits"][number],
  bit: number,
  { first, size }: { first: number; size: number },
): Limit {
  const numbers = new Int32Array(size);
  const rooms = new Int32Array(size);
  const nexts = new Int32Array(size).fill(size);
  let period = 0;
  let from = 0;
  for (let index = 0; index < size; index += 1) {
    while ((periods[period + 1]?.start ?? Number.POSITIVE_INFINITY) <= first + index * STEP * MINUTE) period += 1;
    const { number = 0, taken = max } = periods[period] ?? {};
    numbers[index] = number;
    rooms[index] = Math.max(0, max - taken);
    if (number === numbers[from]) continue;
    nexts.fill(index, from, index);
    from = index;
  }
  return { bit, numbers, nexts, rooms };
}

/** How many of the legs that begin in the day or week of a start a person interviews in. */
export function seatsIn(placed: Placed | null, { bit, numbers }: Limit, index: number): number {
  let seats = 0;
  for (let one = placed; one; one = one.previous) {
    if ((one.seats & (1 << bit)) !== 0 && numbers[one.index] === numbers[index]) seats += 1;
  }
  return seats;
}

/** Whether they only organize another. */
export function organizesIn(placed: Placed | null, { bit, numbers }: Limit, index: number): boolean {
  for (let one = placed; one; one = one.previous) {
    if ((one.present & ~one.seats & (1 << bit)) !== 0 && numbers[one.index] === numbers[index]) return true;
  }
  return false;
}
