import { afterAll, describe, expect, test } from 'vitest';
import { AnalysisThread } from '../../src/analysis/analysis-thread.js';
import {
  RecordedForecasts,
  type RecordedForecastsOptions,
} from '../../src/rules/watches/recorded-forecasts.js';
import type { Head } from '../../src/series/head.js';
import { headOf, queriesOver } from '../http/past.js';

const END = 1_700_000_000;
const analysis = new AnalysisThread({
  onCrash: (thrown) => {
    throw thrown;
  },
});
afterAll(() => analysis.stop());

const rising = (): Head =>
  headOf(END, 600, (source, second) => {
    const family = source.family({ name: 'level', type: 'gauge', help: 'A test.' });
    source.set(source.series(family, { room: 'a', watch: 'own' }), second);
  });

function started(head: Head, more: Partial<RecordedForecastsOptions> = {}) {
  const changes: unknown[] = [];
  const forecasts = new RecordedForecasts({
    watches: [
      { name: 'up', expr: 'level', forecast: [300_000, 60_000] },
      { name: 'not', expr: 'level' },
    ],
    queries: queriesOver(head),
    analysis,
    writer: head.source('forecasts', { exposed: true }),
    ownLabels: {},
    tick: 1000,
    onChange: (change) => changes.push(change),
    ...more,
  });
  let time = END * 1000;
  return {
    changes,
    ticks: async (seconds: number): Promise<void> => {
      for (let i = 0; i < seconds; i++) {
        forecasts.tick(time);
        head.endTick(time);
        time += 1000;
        await forecasts.idle();
      }
    },
    /** What is told at the last tick, by labels. */
    told: async (): Promise<Record<string, number>> => {
      const parameters = new URLSearchParams({
        query: 'kymo_forecast',
        time: `${time / 1000 - 1}`,
      });
      const { signal } = new AbortController();
      const { body } = await queriesOver(head).ask({ operation: 'query', parameters, signal });
      const { data } = JSON.parse(Buffer.from(body).toString()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return Object.fromEntries(
        data.result.map(({ metric: { __name__: _name, ...labels }, value }) => [
          JSON.stringify(labels),
          Number(value[1]),
        ]),
      );
    },
  };
}

describe('recorded forecasts', () => {
  test('tell what is expected of each series at each horizon, from the next tick on', async () => {
    const { ticks, told } = started(rising());
    await ticks(1);
    expect(await told()).toEqual({});
    await ticks(1);
    const labels = (horizon: string): string =>
      JSON.stringify({ exported_watch: 'own', horizon, room: 'a', watch: 'up' });
    const found = await told();
    expect(Object.keys(found).sort()).toEqual([labels('1m'), labels('5m')].sort());
    expect(Math.abs(found[labels('1m')] - 659)).toBeLessThan(5);
    expect(Math.abs(found[labels('5m')] - 899)).toBeLessThan(20);
  });

  test('are told no more when they cannot be made anew; that is told once', async () => {
    const head = rising();
    const { ask } = queriesOver(head);
    let calls = 0;
    const failing = { status: 503, contentType: '', body: Buffer.from('{"error":"busy"}') };
    const { ticks, told, changes } = started(head, {
      queries: { ask: (request) => (calls++ === 0 ? ask(request) : Promise.resolve(failing)) },
    });
    await ticks(25);
    expect(Object.keys(await told())).toHaveLength(2);
    await ticks(20);
    expect(await told()).toEqual({});
    expect(changes).toEqual([{ watch: 'up', error: 'busy' }]);
    expect(calls).toBe(5);
  });

  test('are limited to five horizons of a watch', () => {
    const forecast = [1, 2, 3, 4, 5, 6].map((minutes) => minutes * 60_000);
    const watches = [{ name: 'many', expr: 'level', forecast }];
    expect(() => started(rising(), { watches })).toThrow('"many" asks for 6 forecasts');
  });
});
