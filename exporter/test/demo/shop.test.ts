import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { Dependency } from '../../src/demo/shop/dependency.js';
import { JobQueue } from '../../src/demo/shop/job-queue.js';
import { LruCache } from '../../src/demo/shop/lru-cache.js';
import { Pool } from '../../src/demo/shop/pool.js';
import { Random } from '../../src/demo/random.js';

/** Lets everything run that waits for no timer. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('LruCache', () => {
  test('holds the entries used last, like a list that is kept in order by hand', () => {
    const steps = fc.array(fc.record({ key: fc.nat(6), write: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (uses, capacity) => {
        let evictions = 0;
        const cache = new LruCache<number, string>({ capacity, onEvict: () => evictions++ });
        const expected: number[] = [];
        let expectedEvictions = 0;
        for (const { key, write } of uses) {
          const at = expected.indexOf(key);
          if (!write) expect(cache.get(key)).toBe(at < 0 ? undefined : `v${key}`);
          else cache.set(key, `v${key}`);
          if (at >= 0) expected.splice(at, 1);
          if (write || at >= 0) expected.push(key);
          if (expected.length > capacity) {
            expected.shift();
            expectedEvictions++;
          }
        }
        expect([...cache.values()]).toEqual(expected.map((key) => `v${key}`));
        expect(evictions).toBe(expectedEvictions);
      }),
    );
  });

  test('tells hits from misses', () => {
    const lookups: string[] = [];
    const cache = new LruCache<string, number>({
      capacity: 2,
      onLookup: (result) => lookups.push(result),
    });
    cache.get('a');
    cache.set('a', 1);
    cache.get('a');
    expect(lookups).toEqual(['miss', 'hit']);
  });
});

describe('Pool', () => {
  function setUp() {
    const clock = new ManualClock();
    const waits: number[] = [];
    let timeouts = 0;
    const pool = new Pool({
      clock,
      connections: ['a', 'b'],
      patience: 100,
      onWait: (seconds) => waits.push(seconds),
      onTimeout: () => timeouts++,
    });
    const finish: (() => void)[] = [];
    const use = (): Promise<string> =>
      pool.use(async (connection) => {
        await new Promise<void>((resolve) => finish.push(resolve));
        return connection;
      });
    return { clock, pool, waits, finish, use, timeouts: () => timeouts };
  }

  test('lends each connection to one caller and lets the others wait in line', async () => {
    const { clock, pool, waits, finish, use } = setUp();
    const [first, second, third] = [use(), use(), use()];
    await settle();
    expect([pool.active, pool.idle, pool.waiting]).toEqual([2, 0, 1]);
    clock.advance(50);
    finish[0]();
    await settle();
    expect([pool.active, pool.waiting]).toEqual([2, 0]);
    finish[1]();
    finish[2]();
    expect(await third).toBe(await first);
    expect(await second).not.toBe(await first);
    expect(waits).toEqual([0, 0, 0.05]);
    expect([pool.active, pool.idle]).toEqual([0, 2]);
  });

  test('refuses who has waited too long, and lends the connection to the next', async () => {
    const { clock, finish, use, timeouts } = setUp();
    const lent = [use(), use()];
    const late = use();
    clock.advance(60);
    const patient = use();
    clock.advance(60);
    await expect(late).rejects.toMatchObject({ code: 'unavailable' });
    expect(timeouts()).toBe(1);
    finish[0]();
    await settle();
    expect(finish).toHaveLength(3);
    for (const done of finish) done();
    await Promise.all([...lent, patient]);
  });

  test('takes a connection back from work that fails', async () => {
    const { pool } = setUp();
    await expect(pool.use(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(pool.idle).toBe(2);
  });
});

describe('JobQueue', () => {
  test('works off as many at a time as it has workers, in order, and refuses what it cannot hold', async () => {
    const clock = new ManualClock();
    const begun: number[] = [];
    const results: string[] = [];
    const finish: ((error?: Error) => void)[] = [];
    const queue = new JobQueue<number>({
      clock,
      workers: 2,
      capacity: 2,
      work: (job) => {
        begun.push(job);
        return new Promise((resolve, reject) => {
          finish.push((error) => (error === undefined ? resolve() : reject(error)));
        });
      },
      onResult: (result) => results.push(result),
    });
    expect([1, 2, 3, 4, 5].map((job) => queue.push(job))).toEqual([true, true, true, true, false]);
    expect(begun).toEqual([1, 2]);
    expect(queue.depth).toBe(2);
    finish[0]();
    finish[1](new Error('broken'));
    await settle();
    expect(begun).toEqual([1, 2, 3, 4]);
    expect(queue.depth).toBe(0);
    finish[2]();
    finish[3]();
    await settle();
    expect(results).toEqual(['rejected', 'done', 'failed', 'done', 'done']);
    expect(queue.push(6)).toBe(true);
    expect(begun).toEqual([1, 2, 3, 4, 6]);
  });
});

describe('Dependency', () => {
  const make = (clock: ManualClock, results: string[], deadline?: number): Dependency =>
    new Dependency({
      name: 'ledger',
      clock,
      random: new Random(3),
      median: 10,
      sigma: 0.1,
      deadline,
      onResult: (result) => results.push(result),
    });

  test('answers after its service time and whatever a fault adds', async () => {
    const clock = new ManualClock();
    const results: string[] = [];
    const dependency = make(clock, results);
    dependency.extraDelay = 1000;
    const answer = dependency.request();
    clock.advance(1000);
    await settle();
    expect(results).toEqual([]);
    clock.advance(50);
    await answer;
    expect(results).toEqual(['ok']);
  });

  test('refuses at once while a fault says so', async () => {
    const results: string[] = [];
    const dependency = make(new ManualClock(), results);
    dependency.refusing = 1;
    await expect(dependency.request()).rejects.toMatchObject({ code: 'unavailable' });
    expect(results).toEqual(['failed']);
  });

  test('is given up at the deadline', async () => {
    const clock = new ManualClock();
    const results: string[] = [];
    const dependency = make(clock, results, 5);
    const answer = dependency.request();
    clock.advance(5);
    await expect(answer).rejects.toMatchObject({ code: 'timeout' });
    expect(results).toEqual(['timeout']);
  });
});
