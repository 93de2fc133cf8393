import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { Head } from '../../src/series/head.js';
import { Matcher } from '../../src/series/matcher.js';
import { SampleBuffer } from '../../src/series/samples.js';
import { Family } from '../../src/sources/family.js';
import { SourceRunner, type SourceState } from '../../src/sources/runner.js';
import { NoData, type Source } from '../../src/sources/source.js';

const START = 1_700_000_000_000;

function setUp() {
  const clock = new ManualClock(START);
  const head = new Head({});
  const changes: string[] = [];
  const runner = new SourceRunner({
    clock,
    deadline: 500,
    writer: (name) => head.source(name, { exposed: true }),
    onChange: (state: SourceState) => changes.push(`${state.name} ${state.status}`),
  });
  const own = head.source('kymo', { exposed: true });
  let time = START;
  const tick = async (during?: () => void): Promise<void> => {
    time += 1000;
    const collected = runner.collect(time);
    during?.();
    await collected;
    runner.commit(time, own);
    own.commit(time);
    head.endTick(time);
  };
  /** Values at the last tick by metric name; `stale` where a stale marker stands. */
  const last = (name: string, collector?: string): number | 'stale' | undefined => {
    const matchers = [new Matcher('__name__', '=', name)];
    if (collector !== undefined) matchers.push(new Matcher('collector', '=', collector));
    const buffer = new SampleBuffer();
    for (const id of head.select(matchers)) head.read(id, time, time, buffer);
    if (buffer.length === 0) return undefined;
    return buffer.isStale(0) ? 'stale' : buffer.values[0];
  };
  return { clock, runner, changes, tick, last };
}

/** A source with one gauge `<name>_value`, whose collection does what `behaviour` says. */
function source(name: string, behaviour: () => number | Promise<number>): Source {
  const family = new Family({ name: `${name}_value`, type: 'gauge', help: 'A value.' });
  return {
    name,
    collect: ({ writer }) => {
      const value = behaviour();
      if (typeof value === 'number') return family.set(writer, value);
      return value.then((later) => family.set(writer, later));
    },
  };
}

describe('SourceRunner', () => {
  test('commits what sources stage, with success and duration of each', async () => {
    const { runner, tick, last } = setUp();
    await runner.add(source('fast', () => 1));
    await runner.add(source('waiting', () => Promise.resolve(2)));
    await tick();
    expect(last('fast_value')).toBe(1);
    expect(last('waiting_value')).toBe(2);
    expect(last('kymo_collector_success', 'waiting')).toBe(1);
    expect(last('kymo_collector_duration_seconds', 'fast')).toBe(0);
  });

  test('makes the series of a failed source stale and harms no other', async () => {
    const { runner, changes, tick, last } = setUp();
    let fail = false;
    await runner.add(
      source('broken', () => {
        if (fail) throw new Error('no such device');
        return 1;
      }),
    );
    await runner.add(source('sound', () => 2));
    await tick();
    fail = true;
    await tick();
    expect(last('broken_value')).toBe('stale');
    expect(last('sound_value')).toBe(2);
    expect(last('kymo_collector_success', 'broken')).toBe(0);
    expect(runner.states[0]).toMatchObject({ status: 'failed', lastError: 'no such device' });
    fail = false;
    await tick();
    expect(last('broken_value')).toBe(1);
    expect(changes).toEqual(['broken failed', 'broken ok']);
  });

  test('fails a source that misses its deadline, and does not ask it again while it hangs', async () => {
    const { clock, runner, tick, last } = setUp();
    let calls = 0;
    let finish = (_value: number): void => undefined;
    await runner.add(
      source('stuck', () => {
        calls++;
        return new Promise((resolve) => (finish = resolve));
      }),
    );
    await runner.add(source('sound', () => 2));
    await tick(() => clock.advance(500));
    expect(last('sound_value')).toBe(2);
    expect(last('kymo_collector_success', 'stuck')).toBe(0);
    expect(runner.states[0].lastError).toContain('deadline of 500 ms');
    await tick();
    expect(calls).toBe(1);
    finish(7);
    await new Promise((resolve) => setImmediate(resolve));
    await tick(() => finish(8));
    expect(calls).toBe(2);
    expect(last('stuck_value')).toBe(8);
  });

  test('takes a source without data for neither failed nor zero', async () => {
    const { runner, tick, last } = setUp();
    await runner.add(
      source('absent', () => {
        throw new NoData('this host has none');
      }),
    );
    await tick();
    expect(last('absent_value')).toBeUndefined();
    expect(last('kymo_collector_success', 'absent')).toBe(1);
    expect(runner.states[0]).toMatchObject({ status: 'silent', failures: 0 });
  });

  test('fails a source that cannot start at each tick, with the reason', async () => {
    const { runner, tick } = setUp();
    const start = () => Promise.reject(new Error('no permission'));
    await runner.add({ ...source('closed', () => 1), start });
    await tick();
    expect(runner.states[0]).toMatchObject({ status: 'failed', lastError: 'no permission' });
  });
});
