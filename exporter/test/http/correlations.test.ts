import type { CorrelationsAnswer } from '@kymo/contract';
import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../src/promql/parse.js';
import { apiOver, asking, dataOf, headOf } from './past.js';

const END = 1_700_000_000;
const SECONDS = 400;
const noise = (second: number, of: number): number =>
  Math.sin(second * 1.7 + of) + Math.sin(second * 0.9 + 2 * of);
/** What moves all of them: it does not go on as it was, so that nothing moves alike by chance. */
const load = (second: number): number => 90 + 30 * noise(second, 0);

/** A latency in total and by protocol, its quantiles by rules, and what the load moves as well. */
const head = headOf(END, SECONDS, (source, second) => {
  const set = (
    name: string,
    labels: Record<string, string>,
    value: number,
    type: 'gauge' | 'counter' = 'gauge',
  ): void => {
    const family = source.family({ name, type, help: 'A test.' });
    source.set(source.series(family, labels), value);
  };
  const slow = load(second) + noise(second, 1);
  set('p95', {}, slow);
  set('p95', { protocol: 'http1' }, slow * 1.1);
  set('p95', { protocol: 'grpc' }, slow + 8 * noise(second, 2));
  set('p99', {}, slow * 1.3 + noise(second, 3));
  set('seconds_sum', {}, slow + noise(second, 4));
  set('queue', { route: '/a' }, slow + 3 * noise(second, 5));
  set('waiting', { route: '/a' }, 2 * (slow + 3 * noise(second, 5)) + 0.1 * noise(second, 6));
  set('waiting', { route: '/b' }, 2 * (slow + 3 * noise(second, 5)) + 0.1 * noise(second, 7));
});
const recorded = [
  { name: 'p95', expression: parseExpression('histogram_quantile(0.95, seconds_bucket)') },
  { name: 'p99', expression: parseExpression('histogram_quantile(0.99, seconds_bucket)') },
];
const range = { start: `${END - 199}`, end: `${END}`, step: '1', lag: '2s' };

async function relatedTo(expr: string, rules = recorded): Promise<CorrelationsAnswer['related']> {
  const get = await asking(apiOver(head, { recorded: () => rules }));
  return (await dataOf<CorrelationsAnswer>(get('correlations', { expr, ...range }))).related;
}
const expressionsOf = (series: readonly { readonly expression: string }[]): string[] =>
  series.map(({ expression }) => expression).sort();

describe('series that moved with one', () => {
  test('are not its parts, what it is computed from, or another figure of the same', async () => {
    const related = await relatedTo('p95{protocol=""}');
    expect(expressionsOf(related)).toEqual(['queue{route="/a"}', 'waiting{route="/b"}']);
  });

  test('are not its total, but others of its name', async () => {
    const expressions = expressionsOf(await relatedTo('p95{protocol="grpc"}'));
    expect(expressions).toContain('p95{protocol="http1"}');
    expect(expressions).not.toContain('p95');
    expect(expressions).not.toContain('p99');
  });

  test('are those of other rules where nothing is known of any', async () => {
    const expressions = expressionsOf(await relatedTo('p95{protocol=""}', []));
    expect(expressions).toContain('p99');
    expect(expressions).not.toContain('p95{protocol="http1"}');
  });

  test('are one where they have the same labels and move as one', async () => {
    const related = await relatedTo('p95{protocol=""}');
    const alike = related.flatMap((one) => one.alike ?? []);
    expect(expressionsOf(alike)).toEqual(['waiting{route="/a"}']);
    const leader = related.find((one) => (one.alike ?? []).length > 0);
    expect(leader?.expression).toBe('queue{route="/a"}');
  });
});
