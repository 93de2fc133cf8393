import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Calendar } from '../../../src/series/history/calendar.js';

const HOUR = 3_600_000;

function days(zone: string, from: string, count: number): string[] {
  const calendar = new Calendar(zone);
  const starts: string[] = [];
  let time = Date.parse(from);
  for (let i = 0; i < count; i++) {
    const start = calendar.startOf('day', time);
    starts.push(new Date(start).toISOString());
    time = calendar.nextAfter('day', time);
  }
  return starts;
}

test('a day has 23 or 25 hours where clocks change', () => {
  expect(days('Europe/Berlin', '2026-03-28T12:00:00Z', 3)).toEqual([
    '2026-03-27T23:00:00.000Z',
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
  ]);
  expect(days('America/New_York', '2026-10-31T12:00:00Z', 3)).toEqual([
    '2026-10-31T04:00:00.000Z',
    '2026-11-01T04:00:00.000Z',
    '2026-11-02T05:00:00.000Z',
  ]);
});

test('a day begins at one where clocks skip midnight', () => {
  expect(days('Africa/Cairo', '2024-04-26T12:00:00Z', 1)).toEqual(['2024-04-25T22:00:00.000Z']);
});

test('hours begin where days can', () => {
  const calendar = new Calendar('Asia/Kolkata');
  const start = calendar.startOf('hour', Date.parse('2026-05-01T12:10:00Z'));
  expect(new Date(start).toISOString()).toBe('2026-05-01T11:30:00.000Z');
  expect(calendar.nextAfter('hour', start)).toBe(start + HOUR);
});

test('buckets follow each other without gap or overlap', () => {
  const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Apia', 'America/St_Johns'];
  const time = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2040, 0) });
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom('minute' as const, 'hour' as const, 'day' as const),
      time,
      (zone, resolution, at) => {
        const calendar = new Calendar(zone);
        const start = calendar.startOf(resolution, at);
        const next = calendar.nextAfter(resolution, at);
        expect(start).toBeLessThanOrEqual(at);
        expect(next).toBeGreaterThan(at);
        expect(calendar.startOf(resolution, next - 1)).toBe(start);
        expect(calendar.startOf(resolution, next)).toBe(next);
      },
    ),
    { numRuns: 60 },
  );
});

test('an unknown time zone is refused', () => {
  expect(() => new Calendar('Mars/Olympus')).toThrow(
    expect.objectContaining({ code: 'bad_time_zone' }) as Error,
  );
});
