import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { Arrivals } from '../../src/demo/load/arrivals.js';
import { dailyLevel } from '../../src/demo/load/wave.js';
import { Random } from '../../src/demo/random.js';

describe('Random', () => {
  const draw = (random: Random): number[] => Array.from({ length: 50 }, () => random.next());

  test('repeats for the same seed and part, and differs between seeds and between parts', () => {
    expect(draw(Random.named(7, 'a'))).toEqual(draw(Random.named(7, 'a')));
    expect(draw(Random.named(7, 'a'))).not.toEqual(draw(Random.named(8, 'a')));
    expect(draw(Random.named(7, 'a'))).not.toEqual(draw(Random.named(7, 'b')));
  });

  test('stays within its bounds for any seed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new Random(seed);
        for (let i = 0; i < 20; i++) {
          const uniform = random.next();
          expect(uniform).toBeGreaterThanOrEqual(0);
          expect(uniform).toBeLessThan(1);
          expect(random.exponential(5)).toBeGreaterThanOrEqual(0);
          expect(random.logNormal(10, 1)).toBeGreaterThan(0);
          expect([0, 1, 2]).toContain(random.skewed(3));
        }
      }),
    );
  });

  test('draws with the mean, median and weights asked for', () => {
    const random = new Random(1);
    const many = Array.from({ length: 20_000 }, () => random.exponential(5));
    expect(many.reduce((sum, value) => sum + value, 0) / many.length).toBeCloseTo(5, 0);
    const times = Array.from({ length: 20_001 }, () => random.logNormal(10, 0.7));
    expect(times.sort((a, b) => a - b)[10_000]).toBeCloseTo(10, 0);
    const items = [
      { name: 'often', weight: 9 },
      { name: 'rarely', weight: 1 },
    ];
    const often = many.filter(() => random.weighted(items).name === 'often').length;
    expect(often / many.length).toBeCloseTo(0.9, 1);
  });
});

describe('dailyLevel', () => {
  const day = 600_000;
  const levels = Array.from({ length: 600 }, (_, i) => dailyLevel(i * 1000, day));

  test('averages to 1 over a day and repeats the next day', () => {
    expect(levels.reduce((sum, level) => sum + level, 0) / levels.length).toBeCloseTo(1, 6);
    expect(dailyLevel(123_456 + day, day)).toBeCloseTo(dailyLevel(123_456, day), 9);
  });

  test('goes from a trough to a peak about three times as high', () => {
    expect(Math.min(...levels)).toBeCloseTo(0.45, 1);
    expect(Math.max(...levels)).toBeCloseTo(1.33, 1);
    expect(levels[30]).toBeGreaterThan(levels[0]);
  });
});

describe('Arrivals', () => {
  function count(seconds: number, rate: () => number, seed = 1): number[] {
    const clock = new ManualClock();
    const times: number[] = [];
    const arrivals = new Arrivals({
      clock,
      random: new Random(seed),
      rate,
      arrive: () => times.push(clock.monotonic()),
    });
    arrivals.start();
    clock.advance(seconds * 1000);
    arrivals.stop();
    clock.advance(10_000);
    return times;
  }

  test('come as often as the rate says, and no more once stopped', () => {
    const times = count(100, () => 20);
    expect(times.length).toBeGreaterThan(1800);
    expect(times.length).toBeLessThan(2200);
    expect(times.at(-1)).toBeLessThanOrEqual(100_000);
  });

  test('come at the same times for the same seed', () => {
    expect(count(10, () => 20, 5)).toEqual(count(10, () => 20, 5));
    expect(count(10, () => 20, 5)).not.toEqual(count(10, () => 20, 6));
  });

  test('are not made up for after the machine has slept', () => {
    let slept = 0;
    const clock = new ManualClock();
    const sleepy = Object.assign(Object.create(clock) as ManualClock, {
      schedule: clock.schedule.bind(clock),
      cancel: clock.cancel.bind(clock),
      monotonic: () => clock.monotonic() + slept,
    });
    let arrived = 0;
    const arrivals = new Arrivals({
      clock: sleepy,
      random: new Random(1),
      rate: () => 100,
      arrive: () => arrived++,
    });
    arrivals.start();
    clock.advance(1000);
    const before = arrived;
    slept = 3_600_000;
    clock.advance(1000);
    arrivals.stop();
    expect(arrived - before).toBeGreaterThan(0);
    expect(arrived - before).toBeLessThan(400);
  });
});
