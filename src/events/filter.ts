/** The items that match, as an iterator whose `return` ends the source even while it waits for an item. */
export function filterStream<T>(
  source: AsyncIterableIterator<T>,
  matches: (item: T) => boolean,
): AsyncIterableIterator<T> {
  return {
    async next() {
      for (;;) {
        const item = await source.next();
        if (item.done || matches(item.value)) return item;
      }
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
