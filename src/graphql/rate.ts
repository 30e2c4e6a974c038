/** How fast points come back, and how many may be spent at once. */
export interface Allowance {
  perSecond: number;
  most: number;
}

interface Bucket {
  points: number;
  at: number;
}

/** Token buckets by name: each holds points that are spent and come back with time. */
export class Rate {
  readonly #allowance: Allowance;
  readonly #buckets = new Map<string, Bucket>();

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** How long until the points are there, in seconds; 0 when they are. More than a bucket holds waits for a full one. */
  wait(name: string, points: number, now: number): number {
    const { perSecond, most } = this.#allowance;
    return Math.max(0, (Math.min(points, most) - this.#fill(name, now).points) / perSecond);
  }

  /** Takes the points; what an operation cost beyond a full bucket is owed. */
  spend(name: string, points: number, now: number): void {
    this.#fill(name, now).points -= points;
  }

  /** Points that are there. */
  left(name: string, now: number): number {
    return Math.floor(this.#fill(name, now).points);
  }

  /** Forgets buckets that are full again. */
  prune(now: number): void {
    for (const name of this.#buckets.keys()) {
      if (this.#fill(name, now).points >= this.#allowance.most) this.#buckets.delete(name);
    }
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
