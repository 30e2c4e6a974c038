import { LRUCache } from "lru-cache";

/** How fast points refill, and how many may be spent at once. */
export interface Allowance {
  perSecond: number;
  most: number;
}

interface Bucket {
  points: number;
  at: number;
}

/** Maximum number of buckets; the least recently used are dropped. */
const MAX_BUCKETS = 50_000;

/** Token buckets by name: each holds points that are spent and refill with time. Points spent beyond that are owed. */
export class Rate {
  readonly #allowance: Allowance;
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_BUCKETS });

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** How long until nothing is owed any more, in seconds; 0 when nothing is. */
  wait(name: string, now: number): number {
    return Math.max(0, -this.#fill(name, now).points / this.#allowance.perSecond);
  }

  /** Takes the points even if they are not there: the work has to be done. */
  spend(name: string, points: number, now: number): void {
    this.#fill(name, now).points -= points;
  }

  /** Points that are there; none while some are owed. */
  left(name: string, now: number): number {
    return Math.max(0, Math.floor(this.#fill(name, now).points));
  }

  #fill(name: string, now: number): Bucket {
    const { perSecond, most } = this.#allowance;
    const bucket = this.#buckets.get(name) ?? { points: most, at: now };
    bucket.points = Math.min(most, bucket.points + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.set(name, bucket);
    return bucket;
  }
}
