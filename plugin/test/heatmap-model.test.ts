import type { createTheme as CreateTheme } from '@grafana/data';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { lightnessOf, SHADES, shadesOf, type Rgb } from '../src/panels/heatmap/colors.js';
import { cursorAt, moved, xOf } from '../src/panels/heatmap/cursor.js';
import type { HeatGrid } from '../src/panels/heatmap/grid.js';
import { layoutOf, spread } from '../src/panels/heatmap/layout.js';
import { DEFAULTS, SCHEMES } from '../src/panels/heatmap/options.js';
import { framesOfPreset, shownPresets } from '../src/panels/heatmap/presets.js';
import { busiestRow, rowAt, rowScaleOf } from '../src/panels/heatmap/rows.js';
import { cellText, rowMarks, sceneOf, unitOf } from '../src/panels/heatmap/scene.js';
import { scaleOf, shadeOf, shareOf } from '../src/panels/heatmap/shade.js';
import { linearTicks, logTicks, timeTicks } from '../src/panels/heatmap/ticks.js';

// The theme alone: all of the package loads in browsers only.
const require = createRequire(import.meta.url);
const { createTheme } = require(
  path.join(path.dirname(require.resolve('@grafana/data')), 'themes/createTheme.cjs'),
) as { createTheme: typeof CreateTheme };

const gridOf = (counts: readonly number[][]): HeatGrid => ({
  kind: 'linear',
  rows: [0.001, 0.01, 0.1, 1, Infinity].map((upper, row, all) => ({
    name: `${upper}`,
    lower: row === 0 ? 0 : all[row - 1],
    upper,
  })),
  columns: { start: 1000, step: 1000, count: counts.length },
  cells: Float32Array.from(counts.flat()),
});
const grid = gridOf([
  [0, 1, 4, 0, 0],
  [0, 2, 9, 0, 0],
]);

describe('colours', () => {
  const cases = SCHEMES.flatMap(({ value }) =>
    (['dark', 'light'] as const).map((mode) => [value, mode] as const),
  );

  test.each(cases)(
    'of %s, %s, change evenly in lightness from the background on',
    (scheme, mode) => {
      const theme = createTheme({ colors: { mode } });
      const lightness = shadesOf(scheme, theme).map(lightnessOf);
      expect(lightness).toHaveLength(SHADES);
      const [first] = lightness;
      const last = lightness[SHADES - 1];
      expect(Math.abs(last - first)).toBeGreaterThan(0.5);
      const step = (last - first) / (SHADES - 1);
      lightness.forEach((value, index) => {
        // What screens cannot show, and whole numbers of colours, cost a little.
        expect(Math.abs(value - (first + index * step))).toBeLessThan(0.06);
      });
    },
  );

  const linear = (value: number): number =>
    value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const encoded = (value: number): number =>
    (value <= 0.0031308 ? value * 12.92 : 1.055 * Math.max(0, value) ** (1 / 2.4) - 0.055) * 255;
  /** What is seen without red cones, and without green ones, after Viénot, Brettel and Mollon (1999). */
  const seers = { 'red cones': [0.11238, 0.00401], 'green cones': [0.29275, -0.02234] } as const;
  const seenBy = ([share, blue]: readonly [number, number], color: Rgb): Rgb => {
    const [r, g, b] = color.map(linear);
    const yellow = encoded(share * r + (1 - share) * g);
    return [yellow, yellow, encoded(b + blue * (r - g))];
  };

  test.each(
    cases.flatMap(([scheme, mode]) =>
      (['red cones', 'green cones'] as const).map((cones) => [scheme, mode, cones] as const),
    ),
  )('of %s, %s, are told apart without %s', (scheme, mode, cones) => {
    const shades = shadesOf(scheme, createTheme({ colors: { mode } }));
    const sixteen = shades.filter((_, index) => index % 17 === 0);
    const lightness = sixteen.map((shade) => lightnessOf(seenBy(seers[cones], shade)));
    const sign = mode === 'dark' ? 1 : -1;
    const steps = lightness.slice(1).map((value, index) => sign * (value - lightness[index]));
    expect(Math.min(...steps)).toBeGreaterThan(0.015);
  });
});

describe('the scale of colours', () => {
  test('ends at a round number, so that it rarely changes', () => {
    expect(scaleOf(0.0123, { curve: 'linear' }).high).toBeCloseTo(0.015);
    expect(scaleOf(480, { curve: 'linear' }).high).toBe(500);
    expect(scaleOf(0, { curve: 'linear' }).high).toBe(1);
    expect(scaleOf(5, { curve: 'linear', high: 20 }).high).toBe(20);
  });

  test.each(['linear', 'sqrt', 'log'] as const)('tells something from nothing: %s', (curve) => {
    const scale = scaleOf(1000, { curve });
    expect(shareOf(0, scale)).toBe(0);
    expect(shareOf(NaN, scale)).toBe(0);
    expect(shareOf(0.001, scale)).toBeGreaterThan(0.1);
    expect(shadeOf(1000, scale)).toBe(SHADES - 1);
    expect(shadeOf(9999, scale)).toBe(SHADES - 1);
  });
});

describe('rows', () => {
  test('are those with values and one at either side', () => {
    const { first, last, bands } = rowScaleOf(grid, 'log');
    expect([first, last]).toEqual([0, 3]);
    expect(bands[0].bottom).toBeCloseTo(0);
    expect(bands[1]).toEqual({ bottom: bands[0].top, top: bands[2].bottom });
    expect(bands[3].top).toBeCloseTo(1);
  });

  test.each(['log', 'linear', 'even'] as const)('are found at their height: %s', (kind) => {
    const scale = rowScaleOf(grid, kind);
    for (let row = scale.first; row <= scale.last; row += 1) {
      const { bottom, top } = scale.bands[row];
      expect(rowAt(scale, (bottom + top) / 2)).toBe(row);
    }
    expect(rowAt(scale, 1.01)).toBeUndefined();
    expect(scale.heightOf(0.1)).toBeCloseTo(scale.bands[2].top);
  });

  test('begin for the keyboard where most is', () => {
    expect(busiestRow(grid)).toEqual({ column: 1, row: 2 });
    expect(busiestRow(gridOf([[0, 0, 0, 0, 0]]))).toBeUndefined();
  });
});

describe('ticks', () => {
  test('of time are round by the clock of the place', () => {
    const hour = 3_600_000;
    expect(timeTicks(500, 60_500, 4, 0)).toEqual({
      step: 15_000,
      times: [15_000, 30_000, 45_000, 60_000],
    });
    expect(timeTicks(0, 48 * hour, 2, 2 * hour).times).toEqual([22 * hour, 46 * hour]);
  });

  test('of a logarithmic scale are as many as fit', () => {
    expect(logTicks(0.001, 0.1, 10)).toEqual([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]);
    expect(logTicks(0.001, 0.1, 3)).toEqual([0.001, 0.01, 0.1]);
    expect(logTicks(0.0001, 100, 3)).toHaveLength(3);
  });

  test('of a linear scale are round', () => {
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(1, 1, 5)).toEqual([]);
  });
});

describe('the layout', () => {
  test('leaves out bars, then labels, where it is narrow', () => {
    const wants = { bars: true, labels: 80 };
    expect(layoutOf(900, 300, 40, wants).bars).toBeDefined();
    const narrow = layoutOf(400, 300, 40, wants);
    expect(narrow.bars).toBeUndefined();
    expect(narrow.labels + 80).toBeLessThanOrEqual(400);
    expect(layoutOf(300, 300, 40, wants).plot.width).toBeGreaterThan(230);
    expect(layoutOf(20, 10, 400, wants).plot.width).toBe(10);
  });

  test('moves labels apart', () => {
    expect(spread([50, 52, 200], 14, 0, 300)).toEqual([50, 64, 200]);
    expect(spread([299, 298], 14, 0, 300)).toEqual([300, 286]);
  });
});

describe('the unit where fields name none', () => {
  test('is that of the preset, but not known of series that are no buckets', () => {
    const series = { ...grid, kind: 'series' } as const;
    expect(unitOf('latency', grid)).toBe('reqps');
    expect(unitOf('latency', series)).toBe('short');
    expect(unitOf('errors', series)).toBe('percentunit');
  });
});

describe('a cell', () => {
  const scene = sceneOf({
    grid,
    shades: shadesOf('grey', createTheme()),
    preset: 'latency',
    options: DEFAULTS,
    low: undefined,
    high: undefined,
    valueText: (value) => `${value} req/s`,
    boundText: (value) => (value < 1 ? `${value * 1000} ms` : `${value} s`),
  });
  const layout = layoutOf(400, 200, 30, { bars: false, labels: 0 });
  const press = (key: string, shiftKey = false) => ({ key, shiftKey });

  test('is found by a point, and its time on the map', () => {
    const { plot } = layout;
    const point = { x: plot.x + plot.width - 1, y: plot.y + plot.height - 1 };
    const cursor = cursorAt(point, layout, grid, scene.rowScale);
    expect(cursor).toEqual({ time: 2000, row: 0 });
    expect(xOf(2000, layout, grid)).toBe(plot.x + plot.width);
    expect(xOf(9000, layout, grid)).toBeUndefined();
    expect(cursorAt({ x: 0, y: 0 }, layout, grid, scene.rowScale)).toBeUndefined();
  });

  test('is reached by keys, and no further than the map goes', () => {
    const start = { time: 2000, row: 2 };
    const go = (key: string, shift?: boolean) =>
      moved(start, press(key, shift), grid, scene.rowScale);
    expect(go('ArrowLeft')).toEqual({ time: 1000, row: 2 });
    expect(go('ArrowLeft', true)).toEqual({ time: 1000, row: 2 });
    expect(go('ArrowRight')).toEqual(start);
    expect(go('ArrowUp')).toEqual({ time: 2000, row: 3 });
    expect(go('ArrowDown', true)).toEqual({ time: 2000, row: 0 });
    expect(go('Home')).toEqual({ time: 1000, row: 2 });
    expect(go('x')).toBeUndefined();
  });

  test('is read out with time, bounds and value', () => {
    expect(cellText(scene, 1, 2, (time) => `${time}`)).toBe('2000, 10 ms – 100 ms: 9 req/s');
    expect(cellText(scene, 7, 0, (time) => `${time}`)).toMatch(/up to 1 ms: no value$/);
  });

  test('has its row marked with the unit of bounds', () => {
    expect(rowMarks(scene, 5).map(({ text }) => text)).toEqual([
      '0.1 ms',
      '1 ms',
      '10 ms',
      '100 ms',
      '1 s',
    ]);
    expect(scene.curves.map(({ label }) => label)).toEqual(['p50', 'p95']);
  });
});

describe('presets', () => {
  const frame = (refId: string) => ({ refId, length: 0, fields: [] });

  test('are those whose queries have answered', () => {
    const frames = [frame('A'), frame('C'), frame('X')];
    expect(shownPresets(frames, DEFAULTS)).toEqual(['latency', 'errors']);
    expect(framesOfPreset(frames, DEFAULTS, 'errors')).toEqual([frame('C')]);
    expect(framesOfPreset([frame('X')], DEFAULTS, 'latency')).toEqual([frame('X')]);
  });
});
