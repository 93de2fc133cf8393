import type { DataFrame, Field } from '@grafana/data';
import { describe, expect, test, vi } from 'vitest';
import { figuresOf } from '../src/panels/analysis/figures.js';
import type { Subject } from '../src/panels/analysis/model.js';
import { crossingOf, thresholdsOf } from '../src/panels/analysis/thresholds.js';
import { plainFrame } from './grafana-data.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));

const MINUTE = 60_000;
const frame: DataFrame = plainFrame('a', [0], [100]);

/** A series whose last value is the first of the forecast, a minute from value to value. */
function subject(
  forecast: (number | null)[],
  steps: (number | null)[],
  mode = 'absolute',
): Subject {
  const times = forecast.map((_, row) => row * MINUTE);
  const thresholds = { mode, steps: steps.map((value) => ({ value, color: 'red' })) };
  const field = { ...frame.fields[1], config: { thresholds } } as unknown as Field;
  return {
    ...{ name: 'a', field, figures: new Map() },
    curve: { times: [0], values: [forecast[0]] },
    forecast: { times, values: forecast, lower: forecast, upper: forecast },
  };
}
const reached = (one: Subject) => figuresOf(one).find(({ label }) => label.startsWith('reaches'));

describe('when a forecast reaches a threshold', () => {
  test('is told beside the other figures, between two of its values', () => {
    const one = subject([100, 200, 300], [-Infinity, 250]);
    expect(crossingOf(one)).toEqual({ threshold: 250, after: 1.5 * MINUTE });
    expect(reached(one)).toMatchObject({ label: 'reaches 250', text: 'in 1 m 30 s' });
  });

  test('is of the threshold that comes first, from above or below', () => {
    expect(crossingOf(subject([100, 200, 300], [null, 250, 150]))?.threshold).toBe(150);
    expect(crossingOf(subject([300, 200, 100], [null, 250, 150]))).toEqual({
      threshold: 250,
      after: MINUTE / 2,
    });
  });

  test('is not told where it does not, where none is set, or there is no forecast', () => {
    expect(reached(subject([100, 110, 120], [null, 250]))).toBeUndefined();
    expect(reached(subject([250, 260, 270], [null, 250]))).toBeUndefined();
    expect(reached(subject([100, 200, 300], [null]))).toBeUndefined();
    expect(reached(subject([], [null, 250]))).toBeUndefined();
    expect(reached({ ...subject([1, 2], [null, 1.5]), forecast: undefined })).toBeUndefined();
  });

  test('is not told of thresholds in per cent of a range', () => {
    const one = subject([10, 20, 90], [null, 80], 'percentage');
    expect([thresholdsOf(one.field), reached(one)]).toEqual([[], undefined]);
  });
});
