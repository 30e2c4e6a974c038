import { LRUCache } from "lru-cache";

export interface CacheOptions {
  /** The most that all entries may weigh together, in the unit of their sizes. */
  maxSize: number;
  /** The most that the entries of one owner may weigh. */
  maxSizePerOwner?: number;
  /** Minimum time between two evictions, in milliseconds: for entries whose eviction costs something elsewhere too. */
  replaceEveryMs?: number;
}

interface Entry<V> {
  value: V;
  owner: string;
  size: number;
}

/** A map of bounded size. The least recently used entry is evicted, an owner's own before other owners'. */
export class Cache<V> {
  readonly #entries: LRUCache<string, Entry<V>>;
  readonly #sizes = new Map<string, number>();
  readonly #options: Required<CacheOptions>;
  #replacedAt = Number.NEGATIVE_INFINITY;

  constructor({ maxSize, maxSizePerOwner = maxSize, replaceEveryMs = 0 }: CacheOptions) {
    this.#options = { maxSize, maxSizePerOwner, replaceEveryMs };
    this.#entries = new LRUCache({
      maxSize,
      sizeCalculation: ({ size }) => size,
      dispose: ({ owner, size }) => this.#count(owner, -size),
    });
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Whether an entry would be taken in now. */
  hasRoom(owner = "", size = 1): boolean {
    const { maxSizePerOwner, replaceEveryMs } = this.#options;
    if (size > maxSizePerOwner) return false;
    return this.#isFree(owner, size) || performance.now() - this.#replacedAt >= replaceEveryMs;
  }

  /** Skips an entry for which there is no room. */
  set(key: string, value: V, { owner = "", size = 1 }: { owner?: string; size?: number } = {}): void {
    if (!this.hasRoom(owner, size)) return;
    if (!this.#isFree(owner, size)) this.#replacedAt = performance.now();
    this.#entries.set(key, { value, owner, size });
    this.#count(owner, size);
    for (const oldest of this.#entries.rkeys()) {
      if (this.sizeOf(owner) <= this.#options.maxSizePerOwner) break;
      if (this.#entries.peek(oldest)?.owner === owner) this.#entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** What the entries of an owner weigh. */
  sizeOf(owner: string): number {
    return this.#sizes.get(owner) ?? 0;
  }

  #isFree(owner: string, size: number): boolean {
    const { maxSize, maxSizePerOwner } = this.#options;
    return this.#entries.calculatedSize + size <= maxSize && this.sizeOf(owner) + size <= maxSizePerOwner;
  }

  #count(owner: string, size: number): void {
    const total = this.sizeOf(owner) + size;
    if (total > 0) this.#sizes.set(owner, total);
    else this.#sizes.delete(owner);
  }
}
