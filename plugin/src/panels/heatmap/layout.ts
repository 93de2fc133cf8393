import type { Area } from './painter.js';

/** Where the parts of a map are, in CSS pixels. */
export interface Layout {
  readonly plot: Area;
  /** Bars of the newest distribution; `undefined` where there is no room. */
  readonly bars: Area | undefined;
  /** Left edge of what is written at the right end of lines. */
  readonly labels: number;
}

const AXIS = 20;
const GAP = 8;
const BARS = 56;
/** Narrower than this, bars leave; then the labels of lines. */
const ROOM = { bars: 520, labels: 360 };
/** Names of rows take no more than this share, and no more pixels than that. */
const MOST_LEFT = { share: 0.35, pixels: 220 };

/**
 * @param left width of the longest label of rows
 * @param wants what is to be shown to the right of the plot where there is room: bars, and labels of a
 * width, 0 for none
 */
export function layoutOf(
  width: number,
  height: number,
  left: number,
  wants: { readonly bars: boolean; readonly labels: number },
): Layout {
  const x = Math.ceil(Math.min(left, width * MOST_LEFT.share, MOST_LEFT.pixels)) + GAP;
  const withBars = wants.bars && width >= ROOM.bars;
  const withLabels = wants.labels > 0 && width >= ROOM.labels;
  const right = (withBars ? BARS + GAP : 0) + (withLabels ? GAP + Math.ceil(wants.labels) : GAP);
  const plot = {
    x,
    y: GAP / 2,
    width: Math.max(10, Math.floor(width - x - right)),
    height: Math.max(10, Math.floor(height - AXIS - GAP / 2)),
  };
  const end = plot.x + plot.width;
  return {
    plot,
    bars: withBars ? { ...plot, x: end + GAP, width: BARS } : undefined,
    labels: end + GAP + (withBars ? BARS + GAP / 2 : 0),
  };
}

/** Heights of labels in pixels from the top, moved apart so that none covers another. */
export function spread(
  heights: readonly number[],
  line: number,
  from: number,
  to: number,
): number[] {
  const order = heights.map((_, index) => index).sort((a, b) => heights[a] - heights[b]);
  const placed = [...heights];
  let least = from;
  for (const index of order) {
    placed[index] = Math.max(placed[index], least);
    least = placed[index] + line;
  }
  // What is pushed out at the bottom pushes back.
  let most = to;
  for (const index of [...order].reverse()) {
    placed[index] = Math.min(placed[index], most);
    most = placed[index] - line;
  }
  return placed;
}
