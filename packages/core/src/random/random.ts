/** A stream of numbers that is the same for the same seed. Not for secrets. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [min, max]. */
  integer(min: number, max: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item;
  /** Exponentially distributed with this mean: gaps of a Poisson process. */
  exponential(mean: number): number;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  /** An independent stream; the same name always gives the same one, whatever was drawn before. */
  fork(name: string): Random;
}

/** sfc32 (Chris Doty-Humphrey, PractRand) seeded through a 32-bit FNV-1a and splitmix32 of the seed's text. */
export function createRandom(seed: number | string): Random {
  const text = String(seed);
  const scramble = splitmix32(fnv1a(text));
  let [a, b, c, counter] = [scramble(), scramble(), scramble(), 1];
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  // The first outputs still resemble the seed; PractRand's own seeding discards as many.
  for (let round = 0; round < 12; round += 1) draw();

  const next = (): number => draw() / 4_294_967_296;
  return {
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('cannot pick from an empty list');
      return item;
    },
    exponential: (mean) => -mean * Math.log(1 - next()),
    hex: (digits) => {
      let result = '';
      while (result.length < digits) result += draw().toString(16).padStart(8, '0');
      return result.slice(0, digits);
    },
    fork: (name) => createRandom(`${text}/${name}`),
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) | 0;
  };
}
