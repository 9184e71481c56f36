/** Runs actions of one key one after the other, in the order they came; those of different keys side by side. */
export interface KeyedOrder {
  run<Result>(key: string, action: () => Promise<Result>): Promise<Result>;
}

/** Holds an entry per key under way: bounded by how many actions its users start at once. */
export function createKeyedOrder(): KeyedOrder {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run: (key, action) => {
      const before = tails.get(key) ?? Promise.resolve();
      const result = before.then(action);
      const tail = result
        .catch(() => undefined)
        .then(() => {
          if (tails.get(key) === tail) tails.delete(key);
        });
      tails.set(key, tail);
      return result;
    },
  };
}
