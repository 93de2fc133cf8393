import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/commands/command-line.js';
import { commands } from '../../src/commands/index.js';
import { parseTime } from '../../src/commands/analyse/times.js';
import type { Report } from '../../src/commands/analyse/analyse-series.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kymo-analyse-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, lines: readonly string[]): string {
  const target = path.join(folder, name);
  writeFileSync(target, `${lines.join('\n')}\n`);
  return target;
}

async function kymo(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await runCommandLine(commands, {
    args: ['analyse', ...args],
    environment: {},
    print: (text) => (out += text),
    complain: (text) => (err += text),
  });
  return { code, out, err };
}

async function report(...args: string[]): Promise<Report> {
  const { out, err } = await kymo(...args, '--json');
  expect(err).toBe('');
  return JSON.parse(out) as Report;
}

const START = 1_700_000_000;
/** Twenty minutes, a value a second, that swings by the minute; one value is far off. */
const swing = Array.from({ length: 1200 }, (_, i) =>
  i === 1000 ? 400 : 100 + 10 * Math.sin((2 * Math.PI * i) / 60) + (i % 7) / 10,
);
const rows = swing.map((value, i) => `${START + i},${value},${3 * i}`);
const csv = file('samples.csv', ['time,latency_seconds,requests_total', ...rows]);

describe('kymo analyse', () => {
  it('tells statistics, anomalies, forecast and insights of each series of CSV', async () => {
    const found = await report(csv, '--until', '500');
    expect(found).toMatchObject({ start: START, end: START + 1199, step: 1, omitted: 0 });
    const [latency, requests] = found.series;
    expect(latency).toMatchObject({ name: 'latency_seconds', unit: 'seconds', rate: false });
    expect(latency.statistics.description).toMatchObject({ count: 1200, missing: 0, max: 400 });
    expect(latency.statistics.periods).toContain(60);
    expect(latency.anomalies).toHaveLength(1);
    expect(latency.anomalies[0]).toMatchObject({ time: START + 1000, value: 400 });
    expect(latency.forecast).toMatchObject({ until: { threshold: 500, expected: null } });
    expect(latency.forecast?.values).toHaveLength(300);
    expect(requests).toMatchObject({ name: 'Rate of requests_total', rate: true });
    expect(requests.statistics.description).toMatchObject({ min: 3, max: 3, missing: 1 });
    expect(found.insights.map(({ kind }) => kind)).toContain('outlier');
  });

  it('writes tables for people', async () => {
    const { code, out, err } = await kymo(csv, '--column', 'latency_seconds', '--horizon', '1m');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^1 series from 2023-11-14 22:13:20 UTC to .*, a value every 1 s\n/);
    expect(out).toMatch(/^latency_seconds +1200 +0 +90/m);
    expect(out).toMatch(/^latency_seconds +2023-11-14 22:30 UTC +-/m);
    expect(out).toContain('FORECAST for 1 min');
  });

  it('tells the same of OpenMetrics text and of what the API exports as CSV', async () => {
    const lines = swing.map((value, i) => [START + i, value] as const);
    const text = file('samples.om', [
      ...lines.map(([time, value]) => `latency_seconds{instance="a"} ${value} ${time}`),
      '# EOF',
    ]);
    const exported = file('exported.csv', [
      'time,__name__,instance,value',
      ...lines.map(
        ([time, value]) => `${new Date(1000 * time).toISOString()},latency_seconds,a,${value}`,
      ),
    ]);
    const [wide] = (await report(csv)).series;
    for (const one of [text, exported]) {
      const [series] = (await report(one)).series;
      expect(series.metric).toEqual({ __name__: 'latency_seconds', instance: 'a' });
      expect(series.statistics).toEqual(wide.statistics);
      expect(series.anomalies).toEqual(wide.anomalies);
    }
  });

  it('averages in longer steps, and says when there would be too many points', async () => {
    const minutes = await report(csv, '--column', 'latency_seconds', '--step', '1m');
    expect(minutes.step).toBe(60);
    expect(minutes.series[0].statistics.description.count).toBe(20);
    const long = file('long.csv', ['time,a', `${START},1`, `${START + 1_000_000},2`]);
    const { err } = await kymo(long, '--step', '1s');
    expect(err).toContain('a step of 1s would be too many points; it is 1m41s');
  });

  it('reads semicolons, quotes, missing values and rows out of order', async () => {
    const odd = file('odd.csv', [
      '\uFEFF"when";"a ""b""";c',
      '2023-11-14 22:13:22;3;NaN',
      '2023-11-14T22:13:20Z;1;',
      '2023-11-14T23:13:21+01:00;2;7',
    ]);
    const { series, start } = await report(odd);
    expect(start).toBe(START);
    expect(series.map(({ name }) => name)).toEqual(['a "b"', 'c']);
    expect(series[0].statistics.description).toMatchObject({
      count: 3,
      missing: 0,
      min: 1,
      max: 3,
    });
    expect(series[0].forecast?.last.value).toBe(3);
    expect(series[1].statistics.description).toMatchObject({ count: 1, missing: 2, mean: 7 });
  });

  it('says which series were left out', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `s${i}`);
    const many = file('many.csv', [
      `time,${names.join(',')}`,
      ...[0, 1, 2].map((i) => `${START + i},${names.map(() => i).join(',')}`),
    ]);
    const { out } = await kymo(many);
    expect(out).toMatch(/^50 series .*; 10 more were left out: choose with --column\n/);
    expect((await report(many, '--column=s59')).series.map(({ name }) => name)).toEqual(['s59']);
  });

  it.each([
    [['time,a', '1700000000,x'], ':2:12: "x" is no number'],
    [['time,a', '1700000000,1', 'soon,2'], ':3:1: "soon" is no time'],
    [['time,a', '1700000000,1,2'], ':2:1: 3 fields, but the header has 2'],
    [['time,a', '1700000000,"1'], ':2:12: the quote is not closed'],
    [['time,a', '1700000000,"1"2'], ':2:15: after a closing quote "," is expected'],
    [['1700000000,1'], ':1:1: a header is needed'],
    [['time'], ':1:1: a column for the time and one for a series are needed'],
    [['time,a,a'], ':1:8: there is a column "a" already'],
    [['time,,a'], ':1:6: the column has no name'],
    [['time,a'], ': has no values'],
    [[''], ': has no values'],
  ])('%j is refused with its place', async (lines, message) => {
    const bad = file('bad.csv', lines);
    const { code, out, err } = await kymo(bad);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`kymo: ${bad}${message}`);
  });

  it('refuses a file and a column that are not there, and bad text', async () => {
    expect((await kymo(path.join(folder, 'none.csv'))).err).toContain('cannot be read: ENOENT');
    const { code, err } = await kymo(csv, '--column', 'latency');
    expect([code, err]).toEqual([1, expect.stringContaining('there is no column "latency"')]);
    const text = file('bad.om', ['up 1 1700000000', 'up 1']);
    expect((await kymo(text)).err).toContain(`${text}:2: the sample has no time stamp`);
  });

  it.each([
    [[], 'give the file to analyse'],
    [[csv, csv], 'is not expected; give one file'],
    [[csv, '--horizon', '1d'], 'up to 1000 are forecast'],
    [[csv, '--step', '0s'], '--step: it must be longer than no time'],
    [[csv, '--until', 'high'], '--until: "high" is no number'],
    [[csv, '--wat'], 'there is no flag --wat here'],
  ])('%j is wrong use', async (args, message) => {
    const { code, err } = await kymo(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it.each([
    ['1700000000', 1_700_000_000_000],
    ['1700000000.5', 1_700_000_000_500],
    ['1700000000123', 1_700_000_000_123],
    ['2023-11-14T22:13:20.25Z', 1_700_000_000_250],
    ['2023-11-14 22:13', 1_699_999_980_000],
    ['14.11.2023', undefined],
    ['2023-13-01T00:00:00Z', undefined],
    ['0', undefined],
  ])('the time %s is %s', (text, time) => {
    expect(parseTime(text)).toBe(time);
  });
});
