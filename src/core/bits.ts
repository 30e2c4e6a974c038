const WORD = 32;

/** A set of the numbers from 0 up to a size, a bit each: what a thousand starts have in common costs 32 steps. */
export class Bits {
  readonly size: number;
  readonly #words: Int32Array;

  private constructor(size: number, words: Int32Array) {
    this.size = size;
    this.#words = words;
  }

  static none(size: number): Bits {
    return new Bits(size, new Int32Array(Math.ceil(size / WORD)));
  }

  static all(size: number): Bits {
    const bits = Bits.none(size);
    bits.addRange(0, size);
    return bits;
  }

  /** Adds the numbers from one up to, and without, another. */
  addRange(from: number, to: number): void {
    if (from >= to) return;
    const [first, last] = [Math.floor(from / WORD), Math.floor((to - 1) / WORD)];
    const head = -1 << (from % WORD);
    const tail = -1 >>> (WORD - 1 - ((to - 1) % WORD));
    if (first === last) {
      this.#addTo(first, head & tail);
      return;
    }
    this.#addTo(first, head);
    this.#words.fill(-1, first + 1, last);
    this.#addTo(last, tail);
  }

  #addTo(index: number, bits: number): void {
    this.#words[index] = (this.#words[index] ?? 0) | bits;
  }

  has(number: number): boolean {
    return ((this.#words[Math.floor(number / WORD)] ?? 0) & (1 << (number % WORD))) !== 0;
  }

  and(other: Bits): Bits {
    const both = Bits.none(this.size);
    for (let index = 0; index < this.#words.length; index += 1) {
      both.#words[index] = (this.#words[index] ?? 0) & (other.#words[index] ?? 0);
    }
    return both;
  }

  or(other: Bits): Bits {
    const either = Bits.none(this.size);
    for (let index = 0; index < this.#words.length; index += 1) {
      either.#words[index] = (this.#words[index] ?? 0) | (other.#words[index] ?? 0);
    }
    return either;
  }

  without(other: Bits): Bits {
    const rest = Bits.none(this.size);
    for (let index = 0; index < this.#words.length; index += 1) {
      rest.#words[index] = (this.#words[index] ?? 0) & ~(other.#words[index] ?? 0);
    }
    return rest;
  }

  count(): number {
    let count = 0;
    for (const word of this.#words) count += ones(word);
    return count;
  }

  /** In ascending order. */
  numbers(): number[] {
    const numbers: number[] = [];
    for (const [index, word] of this.#words.entries()) {
      for (let left = word; left !== 0; left &= left - 1) {
        numbers.push(index * WORD + WORD - 1 - Math.clz32(left & -left));
      }
    }
    return numbers;
  }

  /** Sets a flag in the places of a table that the numbers tell. */
  flagIn(table: Int32Array, flag: number): void {
    for (let index = 0; index < this.#words.length; index += 1) {
      for (let left = this.#words[index] ?? 0; left !== 0; left &= left - 1) {
        const number = index * WORD + WORD - 1 - Math.clz32(left & -left);
        table[number] = (table[number] ?? 0) | flag;
      }
    }
  }
}

/** How many bits of a word are set, by halves: https://graphics.stanford.edu/~seander/bithacks.html#CountBitsSetParallel */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55_55_55_55);
  const fours = (pairs & 0x33_33_33_33) + ((pairs >>> 2) & 0x33_33_33_33);
  return Math.imul((fours + (fours >>> 4)) & 0x0f_0f_0f_0f, 0x01_01_01_01) >>> 24;
}
