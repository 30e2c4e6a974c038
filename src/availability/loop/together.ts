import { bitsOf, MINUTE, STEP } from "./legs.ts";
import type { LegTimes, LoopPerson, People, Placed } from "./legs.ts";
import { LimitBounds } from "./limit-bounds.ts";
import type { Limited } from "./limit-bounds.ts";
import { limitOf, organizesIn, seatsIn } from "./limits.ts";

interface Person extends Limited {
  buffer: number;
  /** As bits, the legs that they may have to be there for. */
  legs: number;
}

/** What people who take part in several legs must keep to: their buffers and their limits. */
export class Together {
  /** Whoever may come into their own way. */
  readonly people: People;
  readonly #persons: readonly Person[];
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
    this.people = this.#persons.reduce((mask, { bit }) => mask | (1 << bit), 0);
  }

  /** Whether a person can take part in a leg, besides those that are placed. */
  allows(bit: number, at: Omit<Placed, "present" | "previous">, placed: Placed | null): boolean {
    const person = this.#byBit[bit];
    if (!person) return true;
    const { buffer, limits } = person;
    const sits = (at.seats & (1 << bit)) !== 0;
    for (let other = placed; other; other = other.previous) {
      if (((sits ? other.present : other.present & other.seats) & (1 << bit)) === 0) continue;
      if (at.start < other.end + buffer && other.start < at.end + buffer) return false;
    }
    for (const limit of limits) {
      // Whoever only organizes a leg must not have reached the limit by the others.
      const organizes = !sits || organizesIn(placed, limit, at.index);
      const taken = seatsIn(placed, limit, at.index) + (sits ? 1 : 0) + (organizes ? 1 : 0);
      if (taken > (limit.rooms[at.index] ?? 0)) return false;
    }
    return true;
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
      for (const limit of limits) {
        const index = Math.max(earliest, placed.index);
        const full = seatsIn(placed, limit, index) >= (limit.rooms[index] ?? 0);
        if (full) earliest = Math.max(earliest, limit.nexts[index] ?? this.#grid.size);
      }
    }
    return earliest;
  }

  /** The earliest ends that limits allow. */
  limitBounds(nexts: readonly Int32Array[]): LimitBounds {
    const grid = { size: this.#grid.size, minGap: this.#minGap };
    return new LimitBounds(this.#persons, { legs: this.#legs, nexts }, grid);
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
      for (const limit of limits) {
        state += `,${seatsIn(placed, limit, index)}`;
        if (organizesIn(placed, limit, index)) state += "+";
      }
    }
    return state;
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
    return [{ bit, buffer, limits: binding.map((limit) => limitOf(limit, bit, this.#grid)), legs, seats, required }];
  }
}
