import { useLayoutEffect, useRef } from 'react';
import type { Curve } from './curve.js';

interface SparklineProps {
  readonly curve: Curve;
  readonly color: string;
  /** Below the curve. */
  readonly fill: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** A curve without axes, on a canvas: it is drawn anew with every value. */
export function Sparkline({ curve, color, fill, width, height }: SparklineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (canvas.current === null || context === null || context === undefined) return;
    const ratio = window.devicePixelRatio;
    canvas.current.width = Math.round(width * ratio);
    canvas.current.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    for (const line of linesOf(curve, width, height)) {
      const [first] = line;
      const last = line[line.length - 1];
      const path = new Path2D();
      path.moveTo(...first);
      for (const point of line.slice(1)) path.lineTo(...point);
      context.strokeStyle = color;
      context.lineWidth = 1.5;
      context.lineJoin = 'round';
      context.stroke(path);
      path.lineTo(last[0], height);
      path.lineTo(first[0], height);
      context.fillStyle = fill;
      context.fill(path);
    }
  }, [curve, color, fill, width, height]);
  return <canvas ref={canvas} style={{ width, height, display: 'block' }} aria-hidden />;
}

/** Share of its greatest value that a curve is high at least. */
const LEAST_RANGE = 0.1;

type Point = readonly [x: number, y: number];

/** The curve in pixels: a line for each stretch without a hole. */
function linesOf({ times, values }: Curve, width: number, height: number): Point[][] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const start = times[0];
  const span = Math.max(1, times[times.length - 1] - start);
  // What hardly moves is drawn as that, and not as a mountain range.
  const range = Math.max(high - low, Math.abs(high) * LEAST_RANGE);
  const base = Math.max(low >= 0 ? 0 : -Infinity, (low + high - range) / 2);
  const lines: Point[][] = [];
  let line: Point[] = [];
  values.forEach((value, index) => {
    if (value === null || !Number.isFinite(value)) {
      line = [];
      return;
    }
    if (line.length === 0) lines.push(line);
    const share = range === 0 ? 0 : (value - base) / range;
    line.push([((times[index] - start) / span) * width, height - 2 - share * (height - 4)]);
  });
  return lines;
}
