import { WebSocket, type RawData } from 'ws';
import type { Clock, Timer } from '../../lib/clock.js';
import type { Random } from '../random.js';
import { PATIENCE, someProduct, type LoadClient } from './client.js';

const SESSIONS = 10;

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

/** Ten customers with a session each, which they leave and open anew after about a minute. */
export class WebSocketClient implements LoadClient {
  readonly #customers: Customer[];
  readonly #random: Random;

  constructor(target: string, random: Random, clock: Clock) {
    this.#random = random;
    this.#customers = Array.from({ length: SESSIONS }, () => new Customer(target, random, clock));
  }

  exchange(): Promise<void> {
    const random = this.#random;
    const type = random.next() < 0.25 ? 'stock' : 'price';
    return random.pick(this.#customers).ask({ type, product: someProduct(random) });
  }

  close(): void {
    for (const customer of this.#customers) customer.leave();
  }
}

class Customer {
  readonly #target: string;
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  #socket: WebSocket | undefined;
  #until = 0;
  #lastId = 0;

  constructor(target: string, random: Random, clock: Clock) {
    this.#target = target;
    this.#random = random;
    this.#clock = clock;
  }

  ask(question: object): Promise<void> {
    const socket = this.#session();
    const id = ++this.#lastId;
    const told = JSON.stringify({ id, ...question });
    return new Promise((resolve, reject) => {
      const timer = this.#clock.schedule(() => {
        // A session that does not answer is given up as a whole.
        socket.terminate();
        this.#fail(new Error('no answer in time'));
      }, PATIENCE);
      this.#pending.set(id, { resolve, reject, timer });
      if (socket.readyState === WebSocket.OPEN) socket.send(told);
      else socket.once('open', () => socket.send(told));
    });
  }

  leave(): void {
    this.#socket?.terminate();
    this.#fail(new Error('the customer left'));
  }

  #session(): WebSocket {
    const now = this.#clock.monotonic();
    const current = this.#socket;
    if (current !== undefined && current.readyState <= WebSocket.OPEN) {
      if (now < this.#until || this.#pending.size > 0) return current;
      current.close(1000);
    }
    const socket = new WebSocket(this.#target);
    socket.on('message', (data) => this.#answered(data));
    // 'close' follows; what is unanswered then has failed.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (socket === this.#socket) this.#fail(new Error('the session was closed'));
    });
    this.#socket = socket;
    this.#until = now + this.#random.between(40_000, 80_000);
    return socket;
  }

  #answered(data: RawData): void {
    const { id, code } = JSON.parse((data as Buffer).toString()) as { id?: number; code?: string };
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return;
    this.#pending.delete(id);
    this.#clock.cancel(pending.timer);
    if (code === undefined || code === 'not_found') pending.resolve();
    else pending.reject(new Error(`answered with ${code}`));
  }

  #fail(error: Error): void {
    for (const { reject, timer } of this.#pending.values()) {
      this.#clock.cancel(timer);
      reject(error);
    }
    this.#pending.clear();
  }
}
