import type { DataFrame, Field, LinkModel } from '@grafana/data';
import { describe, expect, test, vi } from 'vitest';
import { cardsOf } from '../src/panels/kpi/cards.js';
import { DEFAULTS, type KpiFieldConfig } from '../src/panels/kpi/options.js';
import { FieldType } from './grafana-data.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));

interface Series {
  readonly name: string;
  readonly values: (number | null)[];
  readonly labels?: Record<string, string>;
  readonly custom?: KpiFieldConfig;
  readonly config?: Field['config'];
  readonly getLinks?: Field['getLinks'];
}

/** A value a second. */
function frame(refId: string, ...series: readonly Series[]): DataFrame {
  const length = Math.max(...series.map(({ values }) => values.length));
  return {
    refId,
    length,
    fields: [
      {
        name: 'Time',
        type: FieldType.time as Field['type'],
        config: {},
        values: Array.from({ length }, (_, at) => at * 1000),
      },
      ...series.map(({ name, custom, config, ...rest }) => ({
        name,
        type: FieldType.number as Field['type'],
        config: { ...config, custom },
        ...rest,
      })),
    ],
  };
}

const cards = (...frames: DataFrame[]) => cardsOf(frames, { ...DEFAULTS, figures: [] });

describe('cards', () => {
  test('are of the fields that belong to no other', () => {
    const found = cards(
      frame('A', { name: 'Latency', values: [1, 2] }),
      frame('B', { name: 'p50', values: [0.5, 0.6], custom: { of: 'Latency' } }),
      frame('C', { name: 'lost', values: [7, 8], custom: { of: 'Nothing' } }),
    );
    expect(found.map(({ title }) => title)).toEqual(['Latency', 'lost']);
    expect(found[0].figures).toEqual([{ label: 'p50', text: '0.6' }]);
  });

  test('have the sub-metrics of the series with the same labels', () => {
    const instances = ['a', 'b'].map((instance) => ({ instance }));
    const found = cards(
      frame('A', ...instances.map((labels) => ({ name: 'CPU', values: [1], labels }))),
      frame(
        'B',
        ...instances.map((labels, at) => ({
          ...{ name: 'idle', values: [10 + at], labels },
          custom: { of: 'CPU' },
        })),
      ),
    );
    expect(found.map(({ figures }) => figures.map(({ text }) => text))).toEqual([['10'], ['11']]);
  });

  test('tell what their watch says, and hide it otherwise', () => {
    const told = (name: string, values: (number | null)[], watch = 'rate'): Series => ({
      ...{ name, values },
      labels: { __name__: name, watch },
    });
    const [card, ...more] = cards(
      frame('A', { name: 'Rate', values: [100, 312], custom: { watch: 'rate' } }),
      frame(
        'B',
        told('kymo_anomaly_score', [0, 3.1]),
        told('kymo_expected', [100, 100]),
        told('kymo_expected_lower', [80, 80]),
        told('kymo_expected_upper', [120, 120]),
        told('kymo_anomaly_score', [0, 1], 'other'),
      ),
    );
    expect(card.remark).toEqual({
      kind: 'anomaly',
      text: '3.1 × normal',
      more: '',
      exact: 'anomaly score 3.1, of which 1 is the boundary; expected are 80 to 120',
    });
    expect(card.band?.upper.values).toEqual([120, 120]);
    // Nobody names the other watch: what it says is a figure as any other.
    expect(more.map(({ title }) => title)).toEqual(['kymo_anomaly_score']);
  });

  test('take from a watch what is of the same series, and of a total not its parts', () => {
    const told = (protocol: string | undefined, expected: number): Series => ({
      ...{ name: 'told', values: [expected] },
      labels: { __name__: 'kymo_expected_lower', watch: 'rate', ...(protocol && { protocol }) },
    });
    const upper = (series: Series): Series => ({
      ...series,
      labels: { ...series.labels, __name__: 'kymo_expected_upper' },
    });
    const said = [told(undefined, 5), told('grpc', 1), told('http1', 4)];
    const custom = { watch: 'rate' };
    const found = cards(
      frame(
        'A',
        { name: 'All', values: [9], custom },
        { name: 'gRPC', values: [2], labels: { protocol: 'grpc' }, custom },
      ),
      frame('B', ...said, ...said.map(upper)),
    );
    expect(found.map(({ title, band }) => [title, band?.lower.values])).toEqual([
      ['All', [5]],
      ['gRPC', [1]],
    ]);
  });

  test('are of what finds no card, too', () => {
    const instance = (name: string) => ({ instance: name });
    const found = cards(
      frame('A', { name: 'CPU', values: [1], labels: instance('a'), custom: { watch: '' } }),
      frame('B', { name: 'idle', values: [2], labels: instance('b'), custom: { of: 'CPU' } }),
      // A score that does not say of which watch it is.
      frame('C', { name: 'score', values: [3], labels: { __name__: 'kymo_anomaly_score' } }),
    );
    expect(found.map(({ title }) => title)).toEqual(['CPU', 'idle', 'score']);
  });

  test('are made of the frames of anomalies as they are', () => {
    const analysed = frame(
      'A',
      { name: 'value', values: [100, 5] },
      { name: 'lower', values: [80, 80] },
      { name: 'upper', values: [120, 120] },
      { name: 'expected', values: [100, 100] },
      { name: 'score', values: [0, 2] },
    );
    const [card, ...more] = cards({ ...analysed, meta: { custom: { part: 'anomalies' } } });
    expect(more).toEqual([]);
    expect(card.remark?.text).toBe('0.1 × normal');
    expect(card.band?.lower.values).toEqual([80, 80]);
  });

  test('say when a value is late while others come', () => {
    const values = Array.from({ length: 60 }, () => 1);
    const [late, now] = cards(
      frame(
        'A',
        { name: 'gone', values: values.map((value, at) => (at < 47 ? value : null)) },
        { name: 'here', values },
      ),
    );
    expect(late).toMatchObject({ isLate: true, remark: { kind: 'late', text: '13 s old' } });
    expect(now).toMatchObject({ isLate: false, remark: { kind: 'change' } });
  });

  test('say that a trend needs more than is shown', () => {
    const [card] = cardsOf([frame('A', { name: 'CPU', values: [1, 2] })], {
      ...DEFAULTS,
      compareTo: 3_600_000,
    });
    expect(card.remark).toMatchObject({ text: '', more: '– / 1 h' });
  });

  test('judge a change by what is better', () => {
    const rising = Array.from({ length: 60 }, (_, at) => at);
    const of = (polarity: KpiFieldConfig['polarity']) =>
      cards(frame('A', { name: 'CPU', values: rising, custom: { polarity } }))[0].remark?.kind;
    expect(of('lower')).toBe('worse');
    expect(of('higher')).toBe('change');
  });

  test('hold a value against thresholds in percent of its range', () => {
    const thresholds = {
      mode: 'percentage' as NonNullable<Field['config']['thresholds']>['mode'],
      steps: [-Infinity, 50, 80].map((value) => ({ value, color: 'red' })),
    };
    const config = { thresholds, min: 0, max: 1000 };
    const status = (value: number) =>
      cards(frame('A', { name: 'CPU', values: [value], config }))[0].status;
    expect([90, 500, 800].map(status)).toEqual(['ok', 'warning', 'critical']);
  });

  test('tell their target, and for how much of the time it is kept', () => {
    const series = { name: 'Errors', values: [0.1, 0.2, 0.9], custom: { target: 0.5 } };
    const [card] = cardsOf([frame('A', series)], { ...DEFAULTS, figures: ['healthy'] });
    expect(card).toMatchObject({ status: 'warning', target: 0.5 });
    expect(card.figures).toEqual([
      { label: 'target', text: '0.5' },
      { label: 'healthy', text: '66.6 %' },
    ]);
  });

  test('offer all data links', () => {
    const links = ['HTTP', 'Host'].map((title) => ({ title, href: `/${title}` }) as LinkModel);
    const [card] = cards(frame('A', { name: 'CPU', values: [1], getLinks: () => links }));
    expect(card.links).toEqual(links);
  });
});
