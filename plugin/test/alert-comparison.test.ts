import { expect, test, vi } from 'vitest';
import {
  comparisonText,
  exactText,
  unusualText,
  valueText,
} from '../src/panels/alerts/comparison.js';
import { alertRow } from './alert-row.js';

// Of Grafana's formats, one with a unit and one without, with whole numbers by default.
vi.mock('@grafana/data', () => ({
  getValueFormat: (unit: string) => (value: number, decimals?: number) =>
    unit === 'percentunit'
      ? { text: (value * 100).toFixed(decimals ?? (value === 0.9001 ? 1 : 0)), suffix: '%' }
      : { text: (value / 1e6).toFixed(decimals ?? 1), suffix: ` Mil of ${unit}` },
  formattedValueToString: ({ text, suffix }: { text: string; suffix: string }) => text + suffix,
}));

const row = (value: number | null, threshold: number | null, unit: string | null = 'percentunit') =>
  alertRow({ value, threshold, unit });

test.each([
  [row(0.335, 0.1), '34% > 10%', '0.335 > 0.1'],
  [row(0.335, null), '34%', '0.335'],
  [row(null, 0.1), undefined, undefined],
  // What has passed its threshold does not look as if it were the same.
  [row(0.9001, 0.9), '90.01% > 90.00%', '0.9001 > 0.9'],
  [row(0.1, 0.1), '10% > 10%', '0.1 > 0.1'],
  [
    row(1.2e9, 1e9, null),
    '1200.0\u00a0Mil\u00a0of\u00a0short > 1000.0\u00a0Mil\u00a0of\u00a0short',
    '1200000000 > 1000000000',
  ],
])('%j', (alert, text, exact) => {
  expect(comparisonText(alert)).toBe(text);
  expect(exactText(alert)).toBe(exact);
});

test('values that few decimals do not tell apart have none', () => {
  expect(comparisonText(row(1e-20, 0))).toBe('0% > 0%');
  expect(valueText(0.5, 'percentunit')).toBe('50%');
});

test('what is unusual is said with what was expected', () => {
  const seen = { value: 0.9, lower: 0.14, upper: 0.21, unit: 'percentunit', finds: null };
  expect(unusualText(seen)).toBe('expected 14% to 21%, seen 90%');
  expect(unusualText({ ...seen, finds: 'another level than before' })).toBe(
    'expected 14% to 21%, seen 90%: another level than before',
  );
});
