import http from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../../lib/clock.js';
import type { Random } from '../random.js';
import { searchWords } from '../shop/catalogue.js';
import { PATIENCE, someProduct, type LoadClient } from './client.js';

const operations = [
  { weight: 50, name: 'product' },
  { weight: 20, name: 'search' },
  { weight: 8, name: 'order' },
  { weight: 8, name: 'lookUp' },
  { weight: 1, name: 'report' },
  { weight: 13, name: 'health' },
] as const;

/** Browsers: kept connections, now and then one of its own. */
export class Http1Client implements LoadClient {
  readonly #base: string;
  readonly #random: Random;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
  readonly #clock: Clock;
  #lastOrder: number | undefined;

  constructor(base: string, random: Random, clock: Clock) {
    this.#base = base;
    this.#random = random;
    this.#clock = clock;
  }

  async exchange(): Promise<void> {
    const random = this.#random;
    switch (random.weighted(operations).name) {
      case 'product':
        await this.#send('GET', `/api/products/${someProduct(random)}`);
        return;
      case 'search':
        await this.#send('GET', `/api/search?q=${random.pick(searchWords)}`);
        return;
      case 'order': {
        const order = { product: someProduct(random), quantity: 1 + random.skewed(5) };
        const answer = await this.#send('POST', '/api/orders', order);
        const { id } = JSON.parse(answer) as { id?: unknown };
        if (typeof id === 'number') this.#lastOrder = id;
        return;
      }
      case 'lookUp':
        await this.#send('GET', `/api/orders/${this.#lastOrder ?? 1}`);
        return;
      case 'report':
        await this.#send('GET', '/api/reports/sales');
        return;
      case 'health':
        await this.#send('GET', '/health');
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body?: object): Promise<string> {
    const agent = this.#random.next() < 0.02 ? false : this.#agent;
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const request = http.request(this.#base + path, { method, agent, headers });
      const timer = this.#clock.schedule(() => {
        request.destroy(new Error('no answer in time'));
      }, PATIENCE);
      request.once('close', () => this.#clock.cancel(timer));
      request.once('error', reject);
      request.once('response', (response) => {
        const { statusCode = 0 } = response;
        text(response).then((answer) => {
          if (statusCode < 500) resolve(answer);
          else reject(new Error(`HTTP ${statusCode}`));
        }, reject);
      });
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
