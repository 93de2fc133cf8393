import type { DataFrame } from '@grafana/data';
import { PRESETS, type HeatmapOptions, type Preset } from './options.js';

/** The presets whose queries have answered. */
export function shownPresets(
  frames: readonly DataFrame[],
  { queries }: Pick<HeatmapOptions, 'queries'>,
): Preset[] {
  const answered = new Set(frames.map(({ refId }) => refId));
  return PRESETS.map(({ value }) => value).filter((preset) => answered.has(queries[preset]));
}

/** The frames of a preset; all of them where no query is named after one. */
export function framesOfPreset(
  frames: readonly DataFrame[],
  options: Pick<HeatmapOptions, 'queries'>,
  preset: Preset,
): readonly DataFrame[] {
  if (shownPresets(frames, options).length === 0) return frames;
  return frames.filter(({ refId }) => refId === options.queries[preset]);
}
