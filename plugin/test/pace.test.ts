import type { PanelData } from '@grafana/data';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Pace, PACES, type Seen } from '../src/shared/pace.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

const same = { options: {}, fieldConfig: { defaults: {}, overrides: [] } };
const streaming = 'Streaming' as PanelData['state'];
const dataOf = (value: number, state = streaming): PanelData =>
  ({ state, series: [{ length: value, fields: [] }] }) as unknown as PanelData;

interface Shown extends Seen {
  readonly value: number;
}
const props = (value: number, change: Partial<Shown> = {}): Shown => ({
  ...{ value, data: dataOf(value), width: 400, height: 300, timeZone: 'utc', title: 'Figures' },
  ...same,
  ...change,
});

/** A panel as React has it: rendered when its properties change, its effect run after each rendering. */
function mount(first: Shown) {
  let newest = first;
  const pace = new Pace(first, PACES.cards);
  const drawn: { readonly shown: Shown; readonly at: number }[] = [];
  let stop = (): void => undefined;
  const render = (): void => {
    const shown = pace.follow(newest);
    if (drawn[drawn.length - 1]?.shown !== shown) drawn.push({ shown, at: performance.now() });
    stop();
    stop = pace.whenDue(render);
  };
  render();
  return {
    drawn,
    values: () => drawn.map(({ shown }) => shown.value),
    give(next: Shown) {
      newest = next;
      render();
    },
    unmount: () => stop(),
  };
}

describe('a panel of figures', () => {
  test('is drawn at most four times a second from data that comes ten times, and ends with the last', () => {
    const panel = mount(props(0));
    for (let value = 1; value <= 50; value++) {
      vi.advanceTimersByTime(100);
      panel.give(props(value));
    }
    vi.advanceTimersByTime(310);
    const times = panel.drawn.map(({ at }) => at);
    for (let i = 1; i < times.length; i++) {
      expect(times[i] - times[i - 1]).toBeGreaterThanOrEqual(250);
    }
    // With every third value, when it comes: five seconds of it.
    expect(panel.drawn.length).toBeGreaterThanOrEqual(17);
    expect(panel.values().at(-1)).toBe(50);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('shows what it kept back, though nothing comes after it', () => {
    const panel = mount(props(1));
    vi.advanceTimersByTime(40);
    panel.give(props(2));
    expect(panel.values()).toEqual([1]);
    vi.advanceTimersByTime(269);
    expect(panel.values()).toEqual([1]);
    vi.advanceTimersByTime(1);
    expect(panel.values()).toEqual([1, 2]);
  });

  test('follows data that comes slower at once', () => {
    const panel = mount(props(1));
    vi.advanceTimersByTime(1000);
    panel.give(props(2));
    expect(panel.values()).toEqual([1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each<[string, Partial<Shown>]>([
    ['options', { options: { sort: 'share' } }],
    ['width', { width: 401 }],
    ['height', { height: 301 }],
    ['field configuration', { fieldConfig: { defaults: { unit: 's' }, overrides: [] } }],
    ['time zone', { timeZone: 'browser' }],
    ['title', { title: 'Other' }],
    ['state', { data: dataOf(2, 'Error' as PanelData['state']) }],
  ])('follows another %s at once, with the data that had to wait', (_, change) => {
    const panel = mount(props(1));
    vi.advanceTimersByTime(10);
    panel.give(props(2));
    expect(panel.values()).toEqual([1]);
    panel.give(props(2, change));
    expect(panel.values()).toEqual([1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('shows its first data at once', () => {
    const panel = mount(props(0, { data: { ...dataOf(0), series: [] } }));
    panel.give(props(1));
    expect(panel.values()).toEqual([0, 1]);
  });

  test('draws nothing more once it is gone', () => {
    const panel = mount(props(1));
    panel.give(props(2));
    expect(vi.getTimerCount()).toBe(1);
    panel.unmount();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(panel.values()).toEqual([1]);
  });
});
