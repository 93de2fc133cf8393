import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { FaultSchedule, planFaults, type PlannedFault } from '../../src/demo/fault-schedule.js';
import { Random } from '../../src/demo/random.js';
import { Simulator } from '../../src/demo/simulator.js';

const START = 1_700_000_000_000;

function setUp() {
  const clock = new ManualClock(START);
  const log: string[] = [];
  const fault = (name: string) => ({
    name,
    description: `what ${name} does`,
    begin: () => {
      log.push(`begin ${name}`);
      return () => void log.push(`end ${name}`);
    },
  });
  const changes: string[] = [];
  const simulator = new Simulator({
    clock,
    faults: [fault('slow'), fault('broken')],
    onChange: ({ name }, phase) => changes.push(`${name} ${phase}`),
  });
  return { clock, log, changes, simulator };
}

describe('Simulator', () => {
  test('lists the faults with what they do', () => {
    expect(setUp().simulator.list()).toEqual([
      { name: 'slow', description: 'what slow does' },
      { name: 'broken', description: 'what broken does' },
    ]);
  });

  test('begins a fault at once, ends it after its time and tells of both', () => {
    const { clock, log, changes, simulator } = setUp();
    const active = simulator.start('slow', 5000);
    expect(active).toEqual({ name: 'slow', startedAt: START, endsAt: START + 5000 });
    expect(simulator.active()).toEqual([active]);
    clock.advance(4999);
    expect(log).toEqual(['begin slow']);
    clock.advance(1);
    expect(log).toEqual(['begin slow', 'end slow']);
    expect(simulator.active()).toEqual([]);
    expect(changes).toEqual(['slow started', 'slow ended']);
  });

  test('runs different faults together, and prolongs one that runs already', () => {
    const { clock, log, changes, simulator } = setUp();
    simulator.start('slow', 5000);
    simulator.start('broken', 3000);
    clock.advance(2000);
    const prolonged = simulator.start('slow', 5000);
    expect(prolonged).toEqual({ name: 'slow', startedAt: START, endsAt: START + 7000 });
    clock.advance(4000);
    expect(log).toEqual(['begin slow', 'begin broken', 'end broken']);
    clock.advance(1000);
    expect(log.at(-1)).toBe('end slow');
    expect(changes.filter((change) => change === 'slow started')).toHaveLength(1);
  });

  test('refuses an unknown fault and names the known ones', () => {
    const { simulator } = setUp();
    expect(() => simulator.start('meteor', 5000)).toThrow(
      expect.objectContaining({
        code: 'unknown_fault',
        message: 'there is no fault "meteor"; choose one of slow, broken',
      }),
    );
  });

  test.each([0, 999, -1, 3_600_001, Infinity, Number.NaN])(
    'refuses a duration of %d ms',
    (duration) => {
      const { log, simulator } = setUp();
      expect(() => simulator.start('slow', duration)).toThrow(
        expect.objectContaining({ code: 'bad_duration' }),
      );
      expect(log).toEqual([]);
    },
  );

  test('ends what runs when it is stopped, once', () => {
    const { clock, log, simulator } = setUp();
    simulator.start('slow', 5000);
    simulator.stop();
    clock.advance(10_000);
    expect(log).toEqual(['begin slow', 'end slow']);
  });
});

describe('planFaults', () => {
  const plan = (seed: number, count: number): PlannedFault[] => {
    const planned = planFaults(new Random(seed), ['a', 'b', 'c']);
    return Array.from({ length: count }, () => planned.next().value as PlannedFault);
  };

  test('is the same for the same seed', () => {
    expect(plan(4, 20)).toEqual(plan(4, 20));
    expect(plan(4, 20)).not.toEqual(plan(5, 20));
  });

  test.each([1, 2, 3, 99])(
    'begins within a minute and leaves time to recover in between (seed %d)',
    (seed) => {
      const faults = plan(seed, 30);
      expect(faults[0].at).toBeGreaterThanOrEqual(45_000);
      expect(faults[0].at).toBeLessThanOrEqual(60_000);
      for (let i = 1; i < faults.length; i++) {
        const pause = faults[i].at - faults[i - 1].at - faults[i - 1].duration;
        expect(pause).toBeGreaterThanOrEqual(110_000);
        expect(faults[i].name).not.toBe(faults[i - 1].name);
      }
    },
  );
});

describe('FaultSchedule', () => {
  test('starts each planned fault at its time, and none once stopped', () => {
    const clock = new ManualClock(START);
    const started: string[] = [];
    const plan = [
      { name: 'a', at: 1000, duration: 500 },
      { name: 'b', at: 3000, duration: 700 },
      { name: 'c', at: 9000, duration: 500 },
    ];
    const schedule = new FaultSchedule({
      clock,
      simulator: {
        start: (name, duration) => {
          started.push(`${clock.monotonic()} ${name} ${duration}`);
          return { name, startedAt: clock.now(), endsAt: clock.now() + duration };
        },
      },
      plan: plan[Symbol.iterator](),
    });
    clock.advance(250);
    schedule.start();
    clock.advance(5000);
    expect(started).toEqual(['1250 a 500', '3250 b 700']);
    schedule.stop();
    clock.advance(60_000);
    expect(started).toHaveLength(2);
  });
});
