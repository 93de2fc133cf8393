import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ownSeries } from '../src/datasource/alerts/own-series.js';
import { RowCurves } from '../src/panels/alerts/row-curves.js';
import { CURVE_AFTER, type AlertRow } from '../src/shared/alert-frames.js';
import type { AlertCurve } from '../src/shared/alerts-door.js';
import { alertRow } from './alert-row.js';

beforeEach(() => vi.useFakeTimers({ now: CURVE_AFTER }));
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
/** Long since begun: its curve does not grow any more. */
const old = (name: string) => alertRow({ name, since: 0 });

/** Curves whose exporter the test plays. */
function setUp() {
  const asked: string[] = [];
  const answers: ((curve: AlertCurve | Error) => void)[] = [];
  const curveOf = ({ name }: AlertRow): Promise<AlertCurve> => {
    asked.push(name);
    return new Promise((resolve, reject) =>
      answers.push((curve) => (curve instanceof Error ? reject(curve) : resolve(curve))),
    );
  };
  const curves = new RowCurves({ curveOf, now: () => Date.now() });
  const answer = async (curve: AlertCurve | Error = drawn): Promise<void> => {
    answers.shift()?.(curve);
    await pass(0);
  };
  return { curves, asked, answer };
}

const drawn: AlertCurve = { times: [0, 1], values: [1, 2] };

describe('the curves of rows', () => {
  test('are asked for a few at a time, and once each', async () => {
    const { curves, asked, answer } = setUp();
    const told: unknown[] = [];
    for (const name of ['A', 'B', 'C', 'D']) curves.watch(old(name), (curve) => told.push(curve));
    expect(asked).toEqual([]);
    await pass(1000);
    expect(asked).toEqual(['A', 'B']);
    await answer();
    expect(asked).toEqual(['A', 'B', 'C']);
    expect(told).toEqual([drawn]);
    for (let left = 3; left > 0; left -= 1) await answer();
    expect(told).toHaveLength(4);
    expect(curves.known(old('A'))).toBe(drawn);
    curves.watch(old('A'), () => undefined);
    await pass(3_600_000);
    expect(asked).toEqual(['A', 'B', 'C', 'D']);
  });

  test('are not asked for where a row is scrolled past, or is gone before its turn', async () => {
    const { curves, asked, answer } = setUp();
    for (let at = 0; at < 10_000; at += 1) curves.watch(old(`${at}`), () => undefined)();
    const stops = ['A', 'B', 'C'].map((name) => curves.watch(old(name), () => undefined));
    await pass(1000);
    for (const stop of stops) stop();
    await answer();
    await answer();
    await pass(1000);
    expect(asked).toEqual(['A', 'B']);
  });

  test('that come too late for their row are kept for when it is back', async () => {
    const { curves, answer } = setUp();
    const told: unknown[] = [];
    const stop = curves.watch(old('A'), (curve) => told.push(curve));
    await pass(1000);
    stop();
    await answer();
    expect(told).toEqual([]);
    expect(curves.known(old('A'))).toBe(drawn);
  });

  test('that still grow are asked for again, and those of another start anew', async () => {
    const { curves, asked, answer } = setUp();
    const row = alertRow({ name: 'A', since: CURVE_AFTER });
    curves.watch(row, () => undefined);
    await pass(1000);
    await answer();
    await pass(31_000);
    expect(asked).toEqual(['A', 'A']);
    await answer();
    const over = curves.watch({ ...row, state: 'inactive' }, () => undefined);
    over();
    expect(curves.known({ ...row, since: 5 })).toBeUndefined();
  });

  test('that tell what is unusual are asked for again while their alert goes on', async () => {
    const { curves, asked, answer } = setUp();
    const unusual = { value: 3, lower: 1, upper: 2, unit: null, finds: null };
    curves.watch(old('A'), () => undefined);
    await pass(1000);
    await answer({ ...drawn, unusual });
    await pass(31_000);
    expect(asked).toEqual(['A', 'A']);
  });

  test('that cannot be had are none, and stop no others', async () => {
    const { curves, asked, answer } = setUp();
    const told: unknown[] = [];
    for (const name of ['A', 'B', 'C']) curves.watch(old(name), (curve) => told.push(curve));
    await pass(1000);
    await answer(new Error('away'));
    expect(told).toEqual([undefined]);
    expect(asked).toEqual(['A', 'B', 'C']);
  });
});

test.each([
  [{}, 'a'],
  [{ alertname: 'A', severity: 'info', 'quoted.name': 'x' }, 'a'],
  [
    { alertname: 'A', severity: 'info', job: 'x' },
    '(a\n) and on (job) label_replace(vector(1), "job", "x", "job", "")',
  ],
  [
    { job: 'x', path: '"$1\\' },
    '(a\n) and on (job, path) label_replace(label_replace(vector(1), "job", "x", "job", ""), ' +
      '"path", "\\"$$1\\\\", "path", "")',
  ],
])('the series of an alert with %j', (labels, expr) => {
  expect(ownSeries('a', labels, new Set(['severity']))).toBe(expr);
});
