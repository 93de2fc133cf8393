import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import { NoData, type Source } from '../../../src/sources/source.js';
import { SlowAttributes, type SlowAttribute } from '../../../src/sources/system/slow-attributes.js';
import { Family } from '../../../src/sources/family.js';
import { RecordingWriter, tick } from './collection.js';
import { emptyFixture } from './fixture.js';

function setUp() {
  const fixture = emptyFixture();
  const clock = new ManualClock(0);
  const family = new Family({ name: 'value', type: 'gauge', help: 'A value.', labels: ['file'] });
  const names = new Set(['temp', 'limit']);
  let listings = 0;
  const attributes = new SlowAttributes({
    clock,
    list: () => {
      listings++;
      if (names.size === 0) throw new NoData('nothing');
      return [...names].map((name): SlowAttribute => ({
        path: path.join(fixture.sysfs, name),
        steady: name === 'limit',
        stage: (writer, text) => family.set(writer, Number(text), name),
      }));
    },
  });
  const source: Source = { name: 'slow', collect: (context) => attributes.collect(context) };
  const writer = new RecordingWriter();
  const collect = async (): Promise<Record<string, number>> => {
    const samples = await tick(source, writer);
    return Object.fromEntries([...samples].map(([s, v]) => [/"(.*)"/.exec(s)?.[1] ?? s, v]));
  };
  /** Ticks once a second until the attributes are these; what is read behind a tick takes its time. */
  const until = (expected: Record<string, number>): Promise<void> =>
    vi.waitFor(async () => {
      clock.advance(1000);
      expect(await collect()).toEqual(expected);
    }, 20_000);
  fixture.write('sys/temp', '1\n');
  fixture.write('sys/limit', '100\n');
  return { fixture, clock, names, attributes, collect, until, listings: () => listings };
}

describe('SlowAttributes', () => {
  test('waits for the first reading, and then tells the one before', async () => {
    const { fixture, clock, collect, until, attributes } = setUp();
    expect(await collect()).toEqual({ temp: 1, limit: 100 });
    fixture.write('sys/temp', '2\n');
    clock.advance(1000);
    expect(await collect()).toEqual({ temp: 1, limit: 100 });
    await until({ temp: 2, limit: 100 });
    attributes.close();
  });

  test('reads what is steady only when it lists the devices again', async () => {
    const { fixture, clock, collect, until, attributes } = setUp();
    await collect();
    fixture.write('sys/limit', '200\n');
    fixture.write('sys/temp', '2\n');
    await until({ temp: 2, limit: 100 });
    clock.advance(30_000);
    await until({ temp: 2, limit: 200 });
    attributes.close();
  });

  test('does not read more than once a second, however short the tick is', async () => {
    const { fixture, clock, collect, until, attributes } = setUp();
    await collect();
    fixture.write('sys/temp', '2\n');
    for (let i = 0; i < 5; i++) {
      clock.advance(100);
      expect(await collect()).toEqual({ temp: 1, limit: 100 });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until({ temp: 2, limit: 100 });
    attributes.close();
  });

  test('leaves out an attribute that cannot be read', async () => {
    const { fixture, collect, attributes } = setUp();
    fixture.remove('sys/temp');
    expect(await collect()).toEqual({ limit: 100 });
    attributes.close();
  });

  test('notices devices that come and go within 30 s, and looks no more often', async () => {
    const { names, clock, collect, until, attributes, listings } = setUp();
    names.clear();
    await expect(collect()).rejects.toThrow(NoData);
    await expect(collect()).rejects.toThrow(NoData);
    expect(listings()).toBe(1);
    names.add('temp');
    clock.advance(30_000);
    await until({ temp: 1 });
    clock.advance(30_000);
    names.clear();
    await expect(collect()).rejects.toThrow(NoData);
    expect(listings()).toBe(3);
    attributes.close();
  });

  test('stops waiting for the first reading when its time is up', async () => {
    const { attributes } = setUp();
    const controller = new AbortController();
    const writer = new RecordingWriter();
    const first = attributes.collect({ time: 1, writer, signal: controller.signal });
    controller.abort();
    await first;
    attributes.close();
  });
});
