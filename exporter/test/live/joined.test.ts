import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateInstant } from '../../src/promql/engine.js';
import type { LiveClient } from '../../src/live/client.js';
import type { SeriesReader } from '../../src/series/reader.js';
import { JoinedClient, type Row } from './joined-client.js';
import { MemoryTransport, send, StepClock, World } from './world.js';

const EXPRESSIONS = [
  'a',
  'sum(a)',
  'a > 0',
  'sum by (x) (rate(a[4s]))',
  'scalar(sum(a))',
  'topk(1, a)',
];

const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(NaN, Infinity, -Infinity),
);

/** What may happen, in any order. */
const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('tick' as const),
      values: fc.dictionary(fc.constantFrom('one', 'two', 'three'), value),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('work' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('late tick' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('stop reading' as const, 'read' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('connect' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disconnect' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** An expression at one time, as a client would have it. */
function rowOf(expr: string, reader: SeriesReader, time: number): Row {
  const { result } = evaluateInstant(expr, reader, { time });
  if (result.type === 'scalar') return { '{}': plain(result.value) };
  if (result.type !== 'vector') throw new TypeError(`a ${result.type} is not expected`);
  return Object.fromEntries(
    result.samples.map((sample) => [JSON.stringify(sample.labels.toObject()), plain(sample.value)]),
  );
}

function plain(number: number): number | string {
  if (Number.isFinite(number)) return number;
  return number > 0 ? '+Inf' : number < 0 ? '-Inf' : 'NaN';
}

/** One exporter after another, and a client that reads as the schedule has it. */
class Schedule {
  readonly client: JoinedClient;
  /** What the head of each time's exporter has at the times of frames, of those that have ended. */
  readonly truth = new Map<number, Row>();
  readonly #expr: string;
  readonly #every: number;
  readonly #clock = new StepClock();
  #world = this.#start();
  /** Of the exporter that runs: first tick. */
  #first: number | undefined;
  /** Frames that the client was too slow for. */
  dropped = 0;
  #connection: { client: LiveClient; transport: MemoryTransport } | undefined;

  constructor(expr: string, every: number) {
    this.#expr = expr;
    this.#every = every;
    this.client = new JoinedClient({ expr, interval: every * 1000 });
    this.#connect();
  }

  run(one: Event): void {
    switch (one.kind) {
      case 'tick':
        this.#world.tick(one.values);
        this.#first ??= this.#world.seq;
        break;
      case 'late tick':
        this.#world.skip();
        break;
      case 'work':
        this.#clock.step();
        break;
      case 'stop reading':
        if (this.#connection !== undefined) this.#connection.transport.isReading = false;
        break;
      case 'read':
        this.#read();
        break;
      case 'disconnect':
        this.#disconnect();
        break;
      case 'connect':
        this.#connect();
        break;
      case 'restart':
        this.#restart();
        break;
    }
  }

  /** Lets all that is under way come to its end. */
  end(): void {
    this.#connect();
    this.#read();
    // As many as have a frame of every interval: what is late is told with the next frame.
    for (let i = 0; i < 3; i++) this.run({ kind: 'tick', values: { one: 1 } });
    for (let i = 0; i < 100; i++) {
      this.#clock.settle();
      this.#read();
    }
    this.#note();
  }

  #start(): World {
    return new World({ clock: this.#clock, limits: { maxBuffered: 200, idleTimeout: Infinity } });
  }

  #connect(): void {
    if (this.#connection !== undefined) return;
    const transport = new MemoryTransport();
    transport.onText = (text) => this.client.receive(text);
    const { client } = this.#world.connect(transport);
    this.#connection = { client, transport };
    this.client.connect((message) => send(client, message));
  }

  #read(): void {
    if (this.#connection === undefined) return;
    const { client, transport } = this.#connection;
    transport.isReading = true;
    transport.read();
    this.#world.hub.drained(client);
  }

  #disconnect(): void {
    if (this.#connection === undefined) return;
    this.#world.hub.disconnect(this.#connection.client);
    this.#connection = undefined;
  }

  #restart(): void {
    this.#note();
    this.#disconnect();
    this.#world.hub.stop();
    const { seq } = this.#world;
    // A run takes time to start, so that no two have the same epoch.
    this.#clock.wall += 10;
    this.#world = this.#start();
    this.#world.seq = seq;
    this.#first = undefined;
  }

  #note(): void {
    this.dropped += this.#world.hub.stats.droppedFrames;
    if (this.#first === undefined) return;
    const first = Math.ceil(this.#first / this.#every) * this.#every;
    for (let seq = first; seq <= this.#world.seq; seq += this.#every) {
      this.truth.set(seq * 1000, rowOf(this.#expr, this.#world.head, seq * 1000));
    }
  }
}

test("a client's joined series is the server's head, sample by sample, whatever happens", () => {
  let dropped = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...EXPRESSIONS),
      fc.constantFrom(1, 2, 3),
      fc.array(event, { minLength: 5, maxLength: 80, size: 'max' }),
      (expr, every, events) => {
        const schedule = new Schedule(expr, every);
        for (const one of events) schedule.run(one);
        schedule.end();
        dropped += schedule.dropped;
        const { client, truth } = schedule;
        for (const [time, row] of client.rows) expect([time, row]).toEqual([time, truth.get(time)]);
        // From its first frame on it has all that there is; what it has not, it was told of.
        const first = Math.min(...client.rows.keys());
        const missing = [...truth.keys()].filter(
          (time) => time > first && !client.rows.has(time) && !client.lost.has(time),
        );
        expect(missing).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
  // Else these schedules were too easy.
  expect(dropped).toBeGreaterThan(0);
});
