import type { Random } from '../random.js';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly cents: number;
  stock: number;
}

export const CATALOGUE_SIZE = 2000;

const qualities = ['Plain', 'Light', 'Sturdy', 'Foldable', 'Enamelled', 'Woven', 'Tall', 'Small'];
const materials = ['Oak', 'Steel', 'Linen', 'Cork', 'Glass', 'Wool', 'Bamboo', 'Brass', 'Clay'];
const things = ['Lamp', 'Chair', 'Kettle', 'Shelf', 'Basket', 'Clock', 'Bowl', 'Mirror', 'Stool'];

/** What can be searched for: each word finds part of the catalogue. */
export const searchWords: readonly string[] = [...qualities, ...materials, ...things];

/** The products, ids from 0 without gaps; the same for the same seed. */
export function makeCatalogue(random: Random): Product[] {
  return Array.from({ length: CATALOGUE_SIZE }, (_, id) => ({
    id,
    name: `${random.pick(qualities)} ${random.pick(materials)} ${random.pick(things)} ${id}`,
    cents: Math.round(random.logNormal(2500, 0.8)),
    stock: Math.floor(random.between(50, 500)),
  }));
}
