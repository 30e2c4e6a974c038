import { bitsOf, countOf, NEVER, STEP } from "./legs.ts";
import type { LegTimes, People, Placed } from "./legs.ts";
import { organizesIn, seatsIn } from "./limits.ts";
import type { Limit } from "./limits.ts";

/** What the legs that are left demand of people with limits. */
interface Demand {
  /** The legs that need any of them. */
  legs: readonly number[];
  seats: number;
  /** The most that one leg needs. */
  most: number;
  /** How long the shortest of the legs take one after the other, by their number. */
  took: readonly number[];
}

/** Somebody with limits, and as bits the legs that they may interview in and those that they must. */
export interface Limited {
  bit: number;
  limits: readonly Limit[];
  seats: number;
  required: number;
}

interface Reach {
  left: number;
  /** The first and the last start of the grid that is allowed. */
  from: number;
  last: number;
}

/**
 * The earliest end that limits allow: whoever must interview in more of the legs that are left than they may today does so
 * tomorrow, and legs for which all are not enough today begin tomorrow as well. Each step of a search asks for one, so nothing
 * is allocated for it.
 */
export class LimitBounds {
  readonly #persons: readonly Limited[];
  readonly #limits: readonly Limit[];
  readonly #limited: People;
  readonly #legs: readonly LegTimes[];
  readonly #nexts: readonly Int32Array[];
  readonly #grid: { size: number; minGap: number };
  readonly #demands = new Map<number, Demand>();
  readonly #demandsOfOne = new Map<number, Demand>();
  /** For each limit, how many more interviews may begin by a day or week: the first one, and one that is gone on to. */
  readonly #open: Int32Array;
  readonly #later: Int32Array;

  /** @param nexts for each leg, the first start from each on at which it can begin */
  constructor(
    persons: readonly Limited[],
    { legs, nexts }: { legs: readonly LegTimes[]; nexts: readonly Int32Array[] },
    grid: { size: number; minGap: number },
  ) {
    this.#persons = persons.filter(({ limits }) => limits.length > 0);
    this.#limits = this.#persons.flatMap(({ limits }) => limits);
    this.#limited = this.#persons.reduce((mask, { bit }) => mask | (1 << bit), 0);
    this.#legs = legs;
    this.#nexts = nexts;
    this.#grid = grid;
    this.#open = new Int32Array(this.#limits.length);
    this.#later = new Int32Array(this.#limits.length);
  }

  /** The same before anything is placed. */
  boundFrom(index: number, left: number, last: number): number {
    const start = index * STEP;
    const nothing = { leg: -1, index, start, end: start - this.#grid.minGap, seats: 0, present: 0, previous: null };
    return this.boundOf(nothing, left, last);
  }

  /** @param last the last start of the grid that is allowed */
  boundOf(placed: Placed, left: number, last: number): number {
    if (this.#limits.length === 0 || left === 0) return 0;
    const from = Math.ceil((placed.end + this.#grid.minGap) / STEP);
    for (let place = 0; place < this.#limits.length; place += 1) {
      const limit = this.#limits[place];
      if (!limit) continue;
      const room = (limit.rooms[from] ?? 0) - seatsIn(placed, limit, from) - (organizesIn(placed, limit, from) ? 1 : 0);
      this.#open[place] = Math.max(0, room);
    }
    const reach = { left, from, last };
    let bound = 0;
    for (const person of this.#persons) {
      const legs = person.required & left;
      if (legs === 0) continue;
      bound = Math.max(bound, this.#boundBy(person, this.#demandOfOne(legs), reach));
      if (bound === NEVER) return NEVER;
    }
    return Math.max(bound, this.#boundBy(null, this.#demandOf(left), reach));
  }

  /** When the legs can have ended that find no room before the next day or week, of a person or of all. */
  #boundBy(person: Limited | null, { legs, seats, most, took }: Demand, { left, from, last }: Reach): number {
    let before = this.#totalOf(person, left, this.#open);
    if (before >= seats) return 0;
    this.#later.set(this.#open);
    let index = from;
    for (let sum = before; sum < seats; sum = this.#totalOf(person, left, this.#later)) {
      before = sum;
      index = this.#nextPeriod(person, index);
      if (index > last || index >= this.#grid.size) return NEVER;
    }
    let first = this.#grid.size;
    for (const leg of legs) first = Math.min(first, this.#nexts[leg]?.[index] ?? first);
    return first < this.#grid.size ? first * STEP + (took[Math.ceil((seats - before) / most)] ?? 0) : NEVER;
  }

  /** In how many of the legs that are left they can interview together. */
  #totalOf(person: Limited | null, left: number, open: Int32Array): number {
    let sum = 0;
    let place = 0;
    for (const one of this.#persons) {
      let room = person === null || person === one ? countOf(one.seats & left) : 0;
      for (let end = place + one.limits.length; place < end; place += 1) room = Math.min(room, open[place] ?? 0);
      sum += room;
    }
    return sum;
  }

  /** Goes on to the start at which the next day or week of somebody begins, and adds the room that they have in it. */
  #nextPeriod(person: Limited | null, now: number): number {
    let next = this.#grid.size;
    for (const { bit, nexts } of this.#limits) {
      if (person === null || bit === person.bit) next = Math.min(next, nexts[now] ?? next);
    }
    for (let place = 0; place < this.#limits.length; place += 1) {
      const limit = this.#limits[place];
      if (!limit || limit.numbers[next] === limit.numbers[now]) continue;
      this.#later[place] = (this.#later[place] ?? 0) + (limit.rooms[next] ?? 0);
    }
    return next;
  }

  /** What is demanded of everybody. */
  #demandOf(left: number): Demand {
    const known = this.#demands.get(left);
    if (known) return known;
    const legs = bitsOf(left).filter((leg) => this.#seatsOf(leg) > 0);
    const seats = legs.map((leg) => this.#seatsOf(leg));
    const demand = {
      legs,
      seats: seats.reduce((sum, each) => sum + each, 0),
      most: Math.max(...seats),
      took: this.#took(legs),
    };
    this.#demands.set(left, demand);
    return demand;
  }

  /** What is demanded of somebody who must interview in these legs. */
  #demandOfOne(required: number): Demand {
    const known = this.#demandsOfOne.get(required);
    if (known) return known;
    const legs = bitsOf(required);
    const demand = { legs, seats: legs.length, most: 1, took: this.#took(legs) };
    this.#demandsOfOne.set(required, demand);
    return demand;
  }

  /** How many of those who have limits a leg needs at least. */
  #seatsOf(leg: number): number {
    const { required = 0, pool = 0, need = 0 } = this.#legs[leg] ?? {};
    return countOf(required & this.#limited) + Math.max(0, need - countOf(pool & ~this.#limited));
  }

  #took(legs: readonly number[]): number[] {
    const lengths = legs.map((leg) => this.#legs[leg]?.length ?? 0).toSorted((one, other) => one - other);
    const took = [0];
    for (const [place, length] of lengths.entries()) {
      took.push((took[place] ?? 0) + length + (place > 0 ? this.#grid.minGap : 0));
    }
    return took;
  }
}
