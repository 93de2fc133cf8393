import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { KymoError } from '../../src/lib/errors.js';
import { Ticker, type Tick } from '../../src/lib/ticker.js';

const START = 1_700_000_000_350;

function setUp(interval = 1000, run?: (tick: Tick) => Promise<void> | void) {
  const clock = new ManualClock(START);
  const ticks: Tick[] = [];
  const errors: unknown[] = [];
  const ticker = new Ticker({
    interval,
    clock,
    run: (tick) => {
      ticks.push(tick);
      return run?.(tick);
    },
    onError: (thrown) => errors.push(thrown),
  });
  return { clock, ticks, errors, ticker };
}

describe('Ticker', () => {
  test('ticks on the grid and numbers ticks by it', () => {
    const { clock, ticks, ticker } = setUp();
    ticker.start();
    clock.advance(3000);
    expect(ticks).toEqual([
      { number: 1_700_000_001, time: 1_700_000_001_000 },
      { number: 1_700_000_002, time: 1_700_000_002_000 },
      { number: 1_700_000_003, time: 1_700_000_003_000 },
    ]);
    expect(ticker.stats).toEqual({ ticks: 3, late: 0, clockSetBack: 0 });
  });

  test('never overlaps ticks and counts the grid times that a slow one covers', async () => {
    let finish = (): void => undefined;
    const { clock, ticks, ticker } = setUp(1000, () => new Promise((done) => (finish = done)));
    ticker.start();
    clock.advance(3500);
    expect(ticks).toHaveLength(1);
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    expect(ticks.map(({ number }) => number)).toEqual([1_700_000_001, 1_700_000_004]);
    expect(ticker.stats.late).toBe(2);
  });

  test('skips to now after the clock was set forward and counts what was left out', () => {
    const { clock, ticks, ticker } = setUp();
    ticker.start();
    clock.advance(1000);
    clock.jump(60_000);
    clock.advance(1000);
    expect(ticks.at(-1)?.number).toBe(1_700_000_062);
    expect(ticker.stats.late).toBe(60);
  });

  test('uses no time twice after the clock was set back', () => {
    const { clock, ticks, ticker } = setUp();
    ticker.start();
    clock.advance(2000);
    clock.jump(-5000);
    clock.advance(8000);
    const numbers = ticks.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort());
    expect(numbers.at(-1)).toBe(1_700_000_005);
    expect(ticker.stats.clockSetBack).toBe(1);
  });

  test('goes on after an error, thrown or rejected', async () => {
    let count = 0;
    const { clock, ticks, errors, ticker } = setUp(1000, () => {
      count++;
      if (count === 1) throw new Error('thrown');
      if (count === 2) return Promise.reject(new Error('rejected'));
      return undefined;
    });
    ticker.start();
    clock.advance(2000);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    expect(ticks).toHaveLength(3);
    expect(errors.map((thrown) => (thrown as Error).message)).toEqual(['thrown', 'rejected']);
  });

  test('waits for the running tick when it stops, and ticks no more', async () => {
    let finish = (): void => undefined;
    const { clock, ticks, ticker } = setUp(1000, () => new Promise((done) => (finish = done)));
    ticker.start();
    clock.advance(1000);
    let stopped = false;
    const stopping = ticker.stop().then(() => (stopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    finish();
    await stopping;
    clock.advance(5000);
    expect(ticks).toHaveLength(1);
  });

  test.each([0, 99, 60_001, NaN])('refuses an interval of %d ms', (interval) => {
    expect(() => setUp(interval)).toThrow(KymoError);
  });
});
