import { parseLiveServerMessages, type LiveServerMessage } from '@kymo/contract';
import type { Clock, Timer } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import type { LiveClient, Transport } from '../../src/live/client.js';
import { LiveHub, type LiveHubOptions } from '../../src/live/hub.js';
import type { Outgoing } from '../../src/live/outgoing.js';
import { Head, type HeadOptions } from '../../src/series/head.js';
import type { SourceWriter } from '../../src/series/writer.js';

/** A grid time of every tick used here. */
export const START = 1_700_000_000_000;

/**
 * A clock that runs one timer at a time when told to, and on which each look takes a while, so that
 * work in slices is cut into many.
 */
export class StepClock implements Clock {
  wall = START;
  #looks = 0;
  #timers: { readonly id: number; readonly run: () => void }[] = [];
  #nextId = 1;

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.#looks++;
  }

  schedule(run: () => void): Timer {
    const id = this.#nextId++;
    this.#timers.push({ id, run });
    return id;
  }

  cancel(timer: Timer): void {
    this.#timers = this.#timers.filter(({ id }) => id !== timer);
  }

  /** Runs the oldest timer. @returns whether there was one */
  step(): boolean {
    const timer = this.#timers.shift();
    timer?.run();
    return timer !== undefined;
  }

  /** Runs timers until there are none. */
  settle(): void {
    while (this.step());
  }
}

/** A connection in memory: what is sent waits while the client does not read. */
export class MemoryTransport implements Transport {
  readonly closed: { readonly code: number; readonly reason: string }[] = [];
  /** Texts that the client has read. */
  readonly texts: string[] = [];
  /** Identities of the messages, to see which are shared. */
  readonly messages: Outgoing[] = [];
  isReading = true;
  onText: (text: string) => void = (text) => this.texts.push(text);
  #waiting: string[] = [];

  get buffered(): number {
    return this.#waiting.reduce((sum, text) => sum + text.length, 0);
  }

  send(message: Outgoing): void {
    this.messages.push(message);
    this.#waiting.push(message.text);
    if (this.isReading) this.read();
  }

  close(code: number, reason: string): void {
    this.closed.push({ code, reason });
  }

  /** Reads all that waits. */
  read(): void {
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      this.onText(text);
    }
  }

  /** All that has been read so far and not been taken before. */
  take(): LiveServerMessage[] {
    return this.texts.splice(0).flatMap(parseLiveServerMessages);
  }
}

export interface WorldOptions extends Partial<Omit<LiveHubOptions, 'reader' | 'clock'>> {
  readonly head?: HeadOptions;
  readonly clock?: StepClock;
}

/** An exporter without its servers: a head, a writer and a hub that tick when told to. */
export class World {
  readonly clock: StepClock;
  readonly head: Head;
  readonly writer: SourceWriter;
  readonly hub: LiveHub;
  readonly interval: number;
  seq: number;

  constructor({ head, clock = new StepClock(), tick = 1000, ...options }: WorldOptions = {}) {
    this.clock = clock;
    this.interval = tick;
    this.seq = clock.wall / tick;
    this.head = new Head(head);
    this.writer = this.head.source('test', { exposed: true });
    this.hub = new LiveHub({ reader: this.head, logger: silentLogger, ...options, tick, clock });
  }

  /** Time of the last tick. */
  get time(): number {
    return this.seq * this.interval;
  }

  /** One tick: writes values of the gauge `a` by its label `x`, and publishes. */
  tick(values: Readonly<Record<string, number>> = {}, name = 'a'): void {
    this.seq++;
    this.clock.wall = this.time;
    const family = this.writer.family({ name, type: 'gauge', help: '', unit: 'bytes' });
    for (const [x, value] of Object.entries(values)) {
      this.writer.set(this.writer.series(family, { x }), value);
    }
    this.writer.commit(this.time);
    this.head.endTick(this.time);
    this.hub.publish(this.time, this.seq);
  }

  /** Lets a grid time pass without a tick. */
  skip(): void {
    this.seq++;
  }

  connect(transport = new MemoryTransport()): { client: LiveClient; transport: MemoryTransport } {
    const client = this.hub.connect(transport);
    if (client === undefined) throw new Error('the client was refused');
    return { client, transport };
  }
}

export function send(client: LiveClient, message: object): void {
  client.receive(JSON.stringify(message));
}

/** Values of a frame, and what else tests compare, of all frames among messages. */
export function frames(messages: readonly LiveServerMessage[]): { seq: number; values: unknown }[] {
  return messages.flatMap((message) =>
    message.type === 'frame' ? [{ seq: message.seq, values: message.values }] : [],
  );
}
