import { bitsOf, countOf, MINUTE, NEVER, STEP } from "./legs.ts";
import type { LegTimes, LoopPerson, People } from "./legs.ts";

/** A leg at a time, with its interviewers; the legs before it hang on it. */
export interface Placed {
  leg: number;
  /** The start, by the grid and in minutes. */
  index: number;
  start: number;
  end: number;
  /** Who interviews, and who must be free. */
  seats: People;
  present: People;
  previous: Placed | null;
}

/** A limit, for each start of the grid. */
interface Limit {
  /** The number of the day or week. */
  numbers: Int32Array;
  /** The first start of the next day or week. */
  nexts: Int32Array;
  /** How many more interviews may begin in a day or week. */
  room: ReadonlyMap<number, number>;
}

interface Person {
  bit: number;
  buffer: number;
  limits: Limit[];
  /** As bits, the legs that they may have to be there for, those that they may interview in, and those that they must. */
  legs: number;
  seats: number;
  required: number;
}

/** How many more interviews a person may have from a start of the grid on, for each of their limits. */
interface Room {
  person: Person;
  /** They are in no more of those that are left. */
  legs: number;
  from: number;
  open: number[];
}

/** What is demanded of people with limits, up to which start of the grid, and where each leg can begin from a start on. */
interface Demand {
  legs: readonly number[];
  demand: number;
  last: number;
  nexts: readonly Int32Array[];
}

/** In how many of the legs that are left they can interview together. */
function totalOf(rooms: readonly Room[]): number {
  let sum = 0;
  for (const { legs, open } of rooms) {
    let room = legs;
    for (const one of open) room = Math.min(room, one);
    sum += room;
  }
  return sum;
}

/** What people who take part in several legs must keep to: their buffers and their limits. */
export class Together {
  /** Whoever may come into their own way. */
  readonly people: People;
  readonly #persons: readonly Person[];
  readonly #limited: People;
  readonly #byBit: readonly (Person | undefined)[];
  readonly #legs: readonly LegTimes[];
  readonly #grid: { first: number; size: number };
  readonly #minGap: number;

  constructor(
    people: readonly LoopPerson[],
    legs: readonly LegTimes[],
    { first, size, minGap }: { first: number; size: number; minGap: number },
  ) {
    this.#legs = legs;
    this.#grid = { first, size };
    this.#minGap = minGap;
    this.#persons = people.flatMap((person, bit) => this.#personOf(person, bit));
    this.#byBit = people.map((_, bit) => this.#persons.find((one) => one.bit === bit));
    this.#limited = this.#persons.reduce((mask, { bit, limits }) => (limits.length > 0 ? mask | (1 << bit) : mask), 0);
    this.people = this.#persons.reduce((mask, { bit }) => mask | (1 << bit), 0);
  }

  /** Whether a person can take part in a leg, besides those that are placed. */
  allows(bit: number, at: Omit<Placed, "present" | "previous">, placed: Placed | null): boolean {
    const person = this.#byBit[bit];
    if (!person) return true;
    const { buffer, limits } = person;
    const sits = (one: { seats: People }) => (one.seats & (1 << bit)) !== 0;
    for (let other = placed; other; other = other.previous) {
      if ((other.present & (1 << bit)) === 0 || !(sits(at) || sits(other))) continue;
      if (at.start < other.end + buffer && other.start < at.end + buffer) return false;
    }
    return limits.every(({ numbers, room }) => {
      const number = numbers[at.index] ?? 0;
      const { seats, besides } = used(placed, { bit, number, numbers });
      // Whoever only organizes a leg must not have reached the limit by the others.
      const taken = seats + (sits(at) ? 1 : 0) + (besides || !sits(at) ? 1 : 0);
      return taken <= (room.get(number) ?? 0);
    });
  }

  /** From which start of the grid on those who must be there for a leg allow it, after those that are placed. */
  earliestOf(leg: number, placed: Placed): number {
    const { present = 0, required = 0 } = this.#legs[leg] ?? {};
    let earliest = 0;
    for (const bit of bitsOf(present & this.people)) {
      const { buffer = 0, limits = [] } = this.#byBit[bit] ?? {};
      const one = 1 << bit;
      for (let other: Placed | null = placed; other; other = other.previous) {
        if ((other.seats & one) === 0 && (other.present & required & one) === 0) continue;
        earliest = Math.max(earliest, this.#indexOf(other.end + buffer));
      }
      for (const { numbers, nexts, room } of limits) {
        const index = Math.max(earliest, placed.index);
        const number = numbers[index] ?? 0;
        const full = used(placed, { bit, number, numbers }).seats >= (room.get(number) ?? 0);
        if (full) earliest = Math.max(earliest, nexts[index] ?? this.#grid.size);
      }
    }
    return earliest;
  }

  /** The shortest time between two legs that follow each other, for the sake of those who must interview in them. */
  gapBetween(leg: number, follower: number): number {
    const [one, other] = [1 << leg, 1 << follower];
    return this.#persons.reduce((gap, { buffer, required, bit }) => {
      const present = [leg, follower].every((of) => ((this.#legs[of]?.present ?? 0) & (1 << bit)) !== 0);
      return present && (required & (one | other)) !== 0 ? Math.max(gap, buffer) : gap;
    }, this.#minGap);
  }

  /** What of the legs that are placed matters to those that are left: equal texts allow the same. */
  stateOf(placed: Placed, left: number): string {
    let state = "";
    const earliest = placed.end + this.#minGap;
    const index = this.#indexOf(earliest);
    for (const { bit, buffer, limits, legs } of this.#persons) {
      if ((legs & left) === 0) continue;
      let ready = earliest;
      for (let other: Placed | null = placed; other; other = other.previous) {
        if ((other.seats & (1 << bit)) !== 0) ready = Math.max(ready, other.end + buffer);
      }
      state += `;${ready - earliest}`;
      for (const { numbers } of limits) {
        const { seats, besides } = used(placed, { bit, number: numbers[index] ?? 0, numbers });
        state += besides ? `,${seats}+` : `,${seats}`;
      }
    }
    return state;
  }

  /**
   * The earliest end that limits allow: whoever must interview in more of the legs that are left than they may today does so
   * tomorrow, and legs for which all are not enough today begin tomorrow as well.
   * @param last the last start of the grid that is allowed
   */
  boundOf(placed: Placed, left: number, { last, nexts }: { last: number; nexts: readonly Int32Array[] }): number {
    let bound = 0;
    const rooms = this.#roomsAfter(placed, left);
    for (const one of rooms) {
      const legs = bitsOf(one.person.required & left);
      if (legs.length > 0) bound = Math.max(bound, this.#boundBy([one], { legs, demand: legs.length, last, nexts }));
    }
    if (bound === NEVER || rooms.length === 0) return bound;
    const legs = bitsOf(left).filter((leg) => this.#demandOf(leg) > 0);
    const demand = legs.reduce((sum, leg) => sum + this.#demandOf(leg), 0);
    return Math.max(bound, this.#boundBy(rooms, { legs, demand, last, nexts }));
  }

  /** The same before anything is placed. */
  boundFrom(index: number, left: number, reach: { last: number; nexts: readonly Int32Array[] }): number {
    const start = index * STEP;
    const nothing = { leg: -1, index, start, end: start - this.#minGap, seats: 0, present: 0, previous: null };
    return this.boundOf(nothing, left, reach);
  }

  /** How many of those who have limits a leg needs at least. */
  #demandOf(leg: number): number {
    const { required = 0, pool = 0, need = 0 } = this.#legs[leg] ?? {};
    return countOf(required & this.#limited) + Math.max(0, need - countOf(pool & ~this.#limited));
  }

  /** For people with limits, in how many of the legs that are left they can interview in the day or week of the earliest start. */
  #roomsAfter(placed: Placed, left: number): Room[] {
    const from = this.#indexOf(placed.end + this.#minGap);
    const rooms: Room[] = [];
    for (const person of this.#persons) {
      const legs = countOf(person.seats & left);
      if (legs === 0 || person.limits.length === 0) continue;
      const open = person.limits.map(({ numbers, room }) => {
        const number = numbers[from] ?? 0;
        const { seats, besides } = used(placed, { bit: person.bit, number, numbers });
        return Math.max(0, (room.get(number) ?? 0) - seats - (besides ? 1 : 0));
      });
      rooms.push({ person, legs, from, open });
    }
    return rooms;
  }

  /** When the legs can have ended that find no room before the next day or week. */
  #boundBy(rooms: readonly Room[], { legs, demand, last, nexts }: Demand): number {
    let before = totalOf(rooms);
    if (before >= demand) return 0;
    const later = rooms.map((one) => ({ ...one, open: [...one.open] }));
    let index = rooms[0]?.from ?? 0;
    for (let sum = before; sum < demand; sum = totalOf(later)) {
      before = sum;
      index = this.#nextPeriod(later, index);
      if (index > last || index >= this.#grid.size) return NEVER;
    }
    const most = rooms.length === 1 ? 1 : Math.max(...legs.map((leg) => this.#demandOf(leg)));
    return this.#earliestEnd(legs, index, { later: Math.ceil((demand - before) / most), nexts });
  }

  /** Goes on to the start at which the next day or week of somebody begins, and adds the room that they have in it. */
  #nextPeriod(rooms: readonly Room[], now: number): number {
    let next = this.#grid.size;
    for (const { person } of rooms) {
      for (const { nexts } of person.limits) next = Math.min(next, nexts[now] ?? next);
    }
    for (const { person, open } of rooms) {
      for (const [limit, { numbers, room }] of person.limits.entries()) {
        if (numbers[next] === numbers[now]) continue;
        open[limit] = (open[limit] ?? 0) + (room.get(numbers[next] ?? 0) ?? 0);
      }
    }
    return next;
  }

  /** When so many of the legs can have ended, one after the other, if none begins before a start of the grid. */
  #earliestEnd(
    legs: readonly number[],
    from: number,
    { later, nexts }: { later: number; nexts: readonly Int32Array[] },
  ) {
    const first = Math.min(...legs.map((leg) => nexts[leg]?.[from] ?? this.#grid.size));
    const lengths = legs.map((leg) => this.#legs[leg]?.length ?? 0).toSorted((one, other) => one - other);
    const took = lengths.slice(0, later).reduce((sum, length) => sum + length + this.#minGap, -this.#minGap);
    return first < this.#grid.size ? first * STEP + took : NEVER;
  }

  #indexOf(minute: number): number {
    return Math.ceil(minute / STEP);
  }

  #personOf({ buffer: milliseconds, limits }: LoopPerson, bit: number): Person[] {
    const buffer = milliseconds / MINUTE;
    const legsWith = (people: (leg: LegTimes) => People) =>
      this.#legs.reduce((mask, leg, index) => ((people(leg) & (1 << bit)) !== 0 ? mask | (1 << index) : mask), 0);
    const legs = legsWith(({ present, pool }) => present | pool);
    const seats = legsWith(({ required, pool }) => required | pool);
    const many = bitsOf(legs).length;
    if (many < 2 || seats === 0) return [];
    const binding = limits.filter(({ max, periods }) => periods.some(({ taken }) => max - taken < many));
    if (buffer <= this.#minGap && binding.length === 0) return [];
    const required = legsWith((leg) => leg.required);
    return [{ bit, buffer, limits: binding.map((limit) => this.#limitOf(limit)), legs, seats, required }];
  }

  #limitOf({ max, periods }: LoopPerson["limits"][number]): Limit {
    const { first, size } = this.#grid;
    const numbers = new Int32Array(size);
    const nexts = new Int32Array(size).fill(size);
    let period = 0;
    let from = 0;
    for (let index = 0; index < size; index += 1) {
      while ((periods[period + 1]?.start ?? Number.POSITIVE_INFINITY) <= first + index * STEP * MINUTE) period += 1;
      numbers[index] = periods[period]?.number ?? 0;
      if (numbers[index] === numbers[from]) continue;
      nexts.fill(index, from, index);
      from = index;
    }
    return { numbers, nexts, room: new Map(periods.map(({ number, taken }) => [number, Math.max(0, max - taken)])) };
  }
}

/** How many of the legs that begin in a day or week a person interviews in, and whether they only organize another. */
function used(placed: Placed | null, { bit, number, numbers }: { bit: number; number: number; numbers: Int32Array }) {
  let seats = 0;
  let besides = false;
  for (let one = placed; one; one = one.previous) {
    if ((one.present & (1 << bit)) === 0 || numbers[one.index] !== number) continue;
    if ((one.seats & (1 << bit)) !== 0) seats += 1;
    else besides = true;
  }
  return { seats, besides };
}
