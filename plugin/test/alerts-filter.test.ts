import { describe, expect, test } from 'vitest';
import { found, listed, NO_FILTER, severitiesOf } from '../src/panels/alerts/filter.js';
import { keepOpen, type Held } from '../src/panels/alerts/open-row.js';
import { alertRow } from './alert-row.js';

const names = (rows: readonly { name: string }[]): string => rows.map(({ name }) => name).join(' ');
const rows = [
  alertRow({ name: 'Old', explanation: 'Expected are at most three' }),
  alertRow({ name: 'Taken', severity: 'Critical', acknowledgedBy: 'ada', comment: 'on it' }),
  alertRow({ name: 'Worst', severity: 'emergency', state: 'recovering' }),
  alertRow({ name: 'Soon', state: 'pending', severity: 'page' }),
  alertRow({ name: 'Over', state: 'inactive', resolvedAt: 5, acknowledgedBy: 'ada' }),
];
const options = { pending: true, resolved: false };

describe('alerts', () => {
  test('are listed as the panel is set', () => {
    expect(names(listed(rows, { pending: false, resolved: false }))).toBe('Old Taken Worst');
    expect(names(listed(rows, options))).toBe('Old Taken Worst Soon');
    expect(listed(rows, { pending: true, resolved: true })).toHaveLength(5);
  });

  test.each([
    [{}, 'Old Taken Worst Soon'],
    [{ show: 'open' }, 'Old Worst Soon'],
    [{ show: 'firing' }, 'Old Taken Worst'],
    [{ show: 'pending' }, 'Soon'],
    [{ show: 'acknowledged' }, 'Taken'],
    // Also where the panel is not set to list them.
    [{ show: 'resolved' }, 'Over'],
    [{ severity: 'critical' }, 'Taken'],
    [{ severity: 'page' }, 'Soon'],
    [{ severity: 'critical', show: 'open' }, ''],
    [{ search: 'ADA it' }, 'Taken'],
    [{ search: 'at most' }, 'Old'],
    [{ search: 'job=kymo emergency' }, 'Worst'],
    [{ search: 'nothing such' }, ''],
  ] as const)('that %j asks for are found', (asked, expected) => {
    expect(names(found(rows, { ...NO_FILTER, ...asked }, options))).toBe(expected);
  });

  test('that may be about to fire are asked for where the panel does not list them', () => {
    const none = { pending: false, resolved: false };
    expect(names(found(rows, { ...NO_FILTER, show: 'pending' }, none))).toBe('Soon');
    expect(names(found(rows, { ...NO_FILTER, show: 'open' }, none))).toBe('Old Worst');
  });

  test('have severities to choose from, the known ones first', () => {
    const known = ['emergency', 'critical', 'error', 'warning', 'info'];
    expect(severitiesOf([])).toEqual(known);
    expect(severitiesOf([...rows, alertRow({ severity: null })])).toEqual([...known, 'page']);
  });
});

describe('a row that is open', () => {
  const [a, b, c] = ['A', 'B', 'C'].map((name) => alertRow({ name }));
  const all = [a, b, c];
  const filter = NO_FILTER;
  const open = 'B';
  const seen = keepOpen({ rows: all, all, open, filter, held: undefined });
  const over = alertRow({ name: 'B', state: 'inactive', resolvedAt: 9 });
  const after = (
    now: Partial<Parameters<typeof keepOpen>[0]>,
    held: Held | undefined = seen.held,
  ) => keepOpen({ rows: [a, c], all: [a, c], open, filter, held, ...now });

  test('is in its place, and as it is by now, when its alert resolves', () => {
    expect(seen).toEqual({ rows: all, held: { row: b, index: 1, filter }, isGone: false });
    // The panel lists what is over at the end, or not at all.
    expect(after({ rows: [a, c, over], all: [a, c, over] }).rows).toEqual([a, over, c]);
    const resolved = after({ all: [a, c, over] });
    expect(resolved).toMatchObject({ rows: [a, over, c], isGone: false });
    // The exporter tells of it for a while only.
    expect(after({}, resolved.held)).toMatchObject({ rows: [a, over, c], isGone: true });
    expect(after({ rows: [], all: [] }, resolved.held).rows).toEqual([over]);
  });

  test('goes when it is closed, and when something else is asked for', () => {
    expect(after({ open: undefined })).toMatchObject({ rows: [a, c], held: undefined });
    expect(after({ filter: { ...filter, search: 'x' } }).rows).toEqual([a, c]);
    expect(after({ open: 'C' }).held).toMatchObject({ row: c, index: 1 });
  });

  test('that is over when it is opened stays where it is', () => {
    const rows = [a, c, over];
    const { held } = keepOpen({ rows, all: rows, open, filter, held: undefined });
    expect(after({ rows: [c, over], all: rows }, held).rows).toEqual([c, over]);
  });
});
