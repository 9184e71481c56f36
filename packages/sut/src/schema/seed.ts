import { createRandom, type Random } from '@stormcart/core';

export interface SeedProduct {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly priceCents: number;
}

const MAKERS = ['Alder', 'Borough', 'Cobalt', 'Dunmore', 'Everly', 'Fathom', 'Granger', 'Harbour'] as const;
const QUALITIES = ['Compact', 'Classic', 'Folding', 'Insulated', 'Light', 'Quiet', 'Rugged', 'Slim'] as const;
const MATERIALS = ['Bamboo', 'Ceramic', 'Copper', 'Cotton', 'Leather', 'Linen', 'Oak', 'Steel'] as const;
const THINGS = [
  'Backpack',
  'Blanket',
  'Bottle',
  'Chair',
  'Desk Lamp',
  'Headphones',
  'Kettle',
  'Keyboard',
  'Mug',
  'Notebook',
  'Pan',
  'Shelf',
  'Speaker',
  'Teapot',
  'Umbrella',
  'Wallet',
] as const;
const PURPOSES = [
  'for every day',
  'for travelling',
  'for small homes',
  'for long evenings',
  'as a gift',
] as const;

/** In cents: 0.99 to 499.99. */
const PRICE_CENTS = { min: 99, max: 49_999 };

/** The same products for the same seed, with ids from 1. */
export function seedProducts(count: number, seed: number): readonly SeedProduct[] {
  const random = createRandom(`products/${seed}`);
  return Array.from({ length: count }, (_, index) => seedProduct(index + 1, random));
}

function seedProduct(id: number, random: Random): SeedProduct {
  const thing = random.pick(THINGS);
  const material = random.pick(MATERIALS);
  const quality = random.pick(QUALITIES);
  const maker = random.pick(MAKERS);
  return {
    id,
    name: `${maker} ${quality} ${material} ${thing} ${id}`,
    description: `${quality} ${thing.toLowerCase()} of ${material.toLowerCase()}, made by ${maker} ${random.pick(PURPOSES)}.`,
    priceCents: random.integer(PRICE_CENTS.min, PRICE_CENTS.max),
  };
}
