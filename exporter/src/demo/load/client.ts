import { CATALOGUE_SIZE } from '../shop/catalogue.js';
import type { Random } from '../random.js';

/** A customer of one protocol. */
export interface LoadClient {
  /** One exchange; rejects when it fails, is answered with a server's error or not in time. */
  exchange(): Promise<void>;
  /** Breaks off what is open. */
  close(): void;
}

/** Milliseconds after which clients give up. */
export const PATIENCE = 5000;

/** A product as customers ask for them: popular ones often, now and then one that is not there. */
export function someProduct(random: Random): number {
  return random.next() < 0.005 ? CATALOGUE_SIZE : random.skewed(CATALOGUE_SIZE);
}
