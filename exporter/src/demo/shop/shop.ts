import type { Clock } from '../../lib/clock.js';
import type { ShopMetrics } from '../metrics.js';
import { Random } from '../random.js';
import { CATALOGUE_SIZE, makeCatalogue, type Product } from './catalogue.js';
import { Dependency } from './dependency.js';
import { ShopError } from './errors.js';
import { JobQueue } from './job-queue.js';
import { LruCache } from './lru-cache.js';
import { Pool } from './pool.js';

export interface Order {
  readonly id: number;
  readonly product: number;
  readonly quantity: number;
  readonly cents: number;
  status: 'paid' | 'shipped';
}

export interface SalesReport {
  readonly orders: number;
  readonly cents: number;
  readonly bestSellers: readonly { readonly product: number; readonly quantity: number }[];
}

export interface ShopOptions {
  readonly clock: Clock;
  readonly metrics: ShopMetrics;
  /** Repeats the catalogue and the service times of the dependencies. */
  readonly seed: number;
}

const POOL_SIZE = 8;
const POOL_PATIENCE = 3000;
const LOW_STOCK = 20;

/**
 * What the demo service does, the same behind every protocol. Its latency comes from waiting for a
 * connection, for a worker and for the dependencies; its errors from deadlines that are missed.
 */
export class Shop {
  readonly database: Dependency;
  readonly payments: Dependency;
  readonly warehouse: Dependency;
  readonly #metrics: ShopMetrics;
  readonly #random: Random;
  readonly #catalogue: readonly Product[];
  readonly #products: LruCache<number, Product>;
  readonly #searches: LruCache<string, readonly Product[]>;
  readonly #orders = new LruCache<number, Order>({ capacity: 1000 });
  readonly #pool: Pool<Dependency>;
  readonly #shipping: JobQueue<Order>;
  readonly #followers = new Set<(order: Order) => void>();
  #lastOrder = 0;

  constructor({ clock, metrics, seed }: ShopOptions) {
    this.#metrics = metrics;
    this.#random = Random.named(seed, 'shop');
    this.#catalogue = makeCatalogue(Random.named(seed, 'catalogue'));
    const dependency = (
      name: string,
      times: { median: number; sigma: number; deadline?: number },
    ): Dependency =>
      new Dependency({
        name,
        clock,
        random: Random.named(seed, name),
        ...times,
        onResult: (result) => metrics.dependencyRequests.inc({ dependency: name, result }),
      });
    this.database = dependency('database', { median: 10, sigma: 0.5 });
    this.payments = dependency('payments', { median: 60, sigma: 0.7, deadline: 300 });
    this.warehouse = dependency('warehouse', { median: 250, sigma: 0.4 });
    this.#products = this.#cache('product', 400);
    this.#searches = this.#cache('search', 12);
    this.#pool = new Pool({
      clock,
      connections: Array.from({ length: POOL_SIZE }, () => this.database),
      patience: POOL_PATIENCE,
      onWait: (seconds) => metrics.poolWait.observe({ pool: 'database' }, seconds),
      onTimeout: () => metrics.poolTimeouts.inc({ pool: 'database' }),
    });
    this.#shipping = new JobQueue({
      clock,
      workers: 3,
      capacity: 500,
      work: (order) => this.#ship(order),
      onResult: (result) => metrics.queueJobs.inc({ queue: 'shipping', result }),
      onWait: (seconds) => metrics.queueWait.observe({ queue: 'shipping' }, seconds),
    });
    this.#exposeLevels();
  }

  /** @throws ShopError `not_found` for an id outside the catalogue. */
  async product(id: number): Promise<Product> {
    const product = this.#catalogue.at(id);
    if (!Number.isInteger(id) || id < 0 || product === undefined) {
      throw new ShopError(
        'not_found',
        `there is no product ${id}; ids go to ${CATALOGUE_SIZE - 1}`,
      );
    }
    const known = this.#products.get(id);
    if (known !== undefined) return known;
    await this.#query();
    this.#products.set(id, product);
    return product;
  }

  /** Up to ten products whose name contains the word. */
  async search(word: string): Promise<readonly Product[]> {
    const wanted = word.toLowerCase();
    const known = this.#searches.get(wanted);
    if (known !== undefined) return known;
    await this.#query(3);
    const found = this.#catalogue
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .slice(0, 10);
    this.#searches.set(wanted, found);
    return found;
  }

  /** Other products to show beside one. */
  async recommendations(id: number): Promise<readonly Product[]> {
    const near = [id, id + 1, id + 2, id + 3].map((other) => other % CATALOGUE_SIZE);
    return Promise.all(near.map((other) => this.product(other)));
  }

  /** Pieces in stock: always asked of the database. */
  async stock(id: number): Promise<number> {
    await this.#query();
    return (await this.product(id)).stock;
  }

  /** Reserves, takes payment and hands the order to shipping. */
  async placeOrder(id: number, quantity: number): Promise<Order> {
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > 100) {
      throw new ShopError('bad_request', 'the quantity must be a whole number from 1 to 100');
    }
    const product = await this.product(id);
    if (product.stock < quantity) {
      throw new ShopError('sold_out', `only ${product.stock} of product ${id} are left`);
    }
    const order: Order = {
      id: ++this.#lastOrder,
      product: id,
      quantity,
      cents: product.cents * quantity,
      status: 'paid',
    };
    product.stock -= quantity;
    try {
      await this.#query(2);
      await this.#pay();
      if (!this.#shipping.push(order)) throw new ShopError('overloaded', 'shipping is backed up');
    } catch (thrown) {
      product.stock += quantity;
      const declined = thrown instanceof ShopError && thrown.code === 'declined';
      this.#metrics.orders.inc({ status: declined ? 'declined' : 'failed' });
      throw thrown;
    }
    this.#orders.set(order.id, order);
    this.#metrics.orders.inc({ status: 'paid' });
    this.#metrics.orderValue.observe(order.cents / 100);
    return order;
  }

  /** @throws ShopError `not_found` for an order that is unknown or long past. */
  async order(id: number): Promise<Order> {
    await this.#query();
    const order = this.#orders.get(id);
    if (order === undefined) throw new ShopError('not_found', `there is no order ${id}`);
    return order;
  }

  /** Totals over the last orders: a heavy query. */
  async salesReport(): Promise<SalesReport> {
    await this.#query(40);
    const sold = new Map<number, number>();
    let orders = 0;
    let cents = 0;
    for (const order of this.#orders.values()) {
      orders++;
      cents += order.cents;
      sold.set(order.product, (sold.get(order.product) ?? 0) + order.quantity);
    }
    const bestSellers = [...sold]
      .map(([product, quantity]) => ({ product, quantity }))
      .sort((a, b) => b.quantity - a.quantity || a.product - b.product)
      .slice(0, 10);
    return { orders, cents, bestSellers };
  }

  /** Calls `told` with each order that is shipped, until the answer is called. */
  follow(told: (order: Order) => void): () => void {
    this.#followers.add(told);
    return () => void this.#followers.delete(told);
  }

  async #query(weight = 1): Promise<void> {
    await this.#pool.use((connection) => connection.request(weight));
  }

  async #pay(): Promise<void> {
    const observe = this.#metrics.paymentDuration.startTimer();
    try {
      await this.payments.request();
    } finally {
      observe();
    }
    if (this.#random.next() < 0.02) {
      throw new ShopError('declined', 'the payment was declined; try another card');
    }
  }

  async #ship(order: Order): Promise<void> {
    await this.warehouse.request();
    const product = this.#catalogue[order.product];
    if (product.stock < LOW_STOCK) product.stock += 200;
    order.status = 'shipped';
    for (const told of this.#followers) told(order);
  }

  #cache<K, V>(cache: string, capacity: number): LruCache<K, V> {
    const { cacheRequests, cacheEvictions } = this.#metrics;
    return new LruCache({
      capacity,
      onLookup: (result) => cacheRequests.inc({ cache, result }),
      onEvict: () => cacheEvictions.inc({ cache }),
    });
  }

  #exposeLevels(): void {
    const metrics = this.#metrics;
    metrics.level('shop_cache_entries', 'Entries in the cache.', () => [
      [{ cache: 'product' }, this.#products.size],
      [{ cache: 'search' }, this.#searches.size],
    ]);
    metrics.level('shop_pool_connections', 'Connections of the pool by state.', () => [
      [{ pool: 'database', state: 'active' }, this.#pool.active],
      [{ pool: 'database', state: 'idle' }, this.#pool.idle],
    ]);
    metrics.level('shop_pool_waiting', 'Callers that wait for a connection.', () => [
      [{ pool: 'database' }, this.#pool.waiting],
    ]);
    metrics.level('shop_queue_depth', 'Jobs that wait for a worker.', () => [
      [{ queue: 'shipping' }, this.#shipping.depth],
    ]);
  }
}
