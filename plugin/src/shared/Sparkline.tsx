import { useLayoutEffect, useRef } from 'react';
import type { Curve } from './curve.js';
import {
  drawnOf,
  heightsOf,
  looksOther,
  sparkLines,
  type Drawn,
  type Scale,
  type SparkBand,
} from './spark-lines.js';

interface SparklineProps {
  readonly curve: Curve;
  readonly color: string;
  /** Below the curve; nothing where there is a band. */
  readonly fill: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Within which the curve is expected. */
  readonly band?: SparkBand | undefined;
  readonly bandColor?: string;
  /** A value that a dashed line is drawn at, where it is among those shown. */
  readonly target?: number | undefined;
  readonly targetColor?: string;
}

/** What is on a canvas. */
interface Picture extends Drawn {
  /** Colours and sizes. */
  readonly look: string;
}

/** A curve without axes, on a canvas; it is drawn anew where a value makes it look other. */
export function Sparkline(props: SparklineProps) {
  const { width, height } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef<Picture>();
  useLayoutEffect(() => {
    const { curve, band, color, fill, bandColor, target, targetColor } = props;
    const ratio = window.devicePixelRatio;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    const look = [color, fill, bandColor, target, targetColor, size.width, size.height].join(' ');
    const before = picture.current;
    const now = drawnOf(curve, band);
    if (before?.look === look && !looksOther(before, curve, size.width, size.height, now)) return;
    const context = canvas.current?.getContext('2d');
    if (canvas.current === null || context === null || context === undefined) return;
    picture.current = { ...now, look };
    fit(canvas.current, size.width, size.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (band !== undefined && bandColor !== undefined) {
      context.fillStyle = bandColor;
      drawBand(context, band, now, props);
    }
    if (target !== undefined && targetColor !== undefined) {
      context.strokeStyle = targetColor;
      drawTarget(context, heightsOf(now, height)(target), props);
    }
    context.strokeStyle = color;
    context.fillStyle = fill;
    drawCurve(context, now, props);
  });
  return <canvas ref={canvas} style={{ width, height, display: 'block' }} aria-hidden />;
}

function drawCurve(
  context: CanvasRenderingContext2D,
  scale: Scale,
  { curve, band, width, height }: SparklineProps,
): void {
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  for (const line of sparkLines(curve, width, height, scale)) {
    context.beginPath();
    through(context, line);
    context.stroke();
    if (band !== undefined) continue;
    context.lineTo(line[line.length - 2], height);
    context.lineTo(line[0], height);
    context.fill();
  }
}

function drawBand(
  context: CanvasRenderingContext2D,
  { lower, upper }: SparkBand,
  scale: Scale,
  { width, height }: SparklineProps,
): void {
  const uppers = sparkLines(upper, width, height, scale);
  sparkLines(lower, width, height, scale).forEach((line, at) => {
    context.beginPath();
    through(context, uppers[at] ?? []);
    for (let point = line.length - 2; point >= 0; point -= 2) {
      context.lineTo(line[point], line[point + 1]);
    }
    context.fill();
  });
}

function drawTarget(
  context: CanvasRenderingContext2D,
  y: number,
  { width, height }: SparklineProps,
): void {
  if (y < 0 || y > height) return;
  context.lineWidth = 1;
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.stroke();
  context.setLineDash([]);
}

function through(context: CanvasRenderingContext2D, line: readonly number[]): void {
  for (let at = 0; at < line.length; at += 2) context.lineTo(line[at], line[at + 1]);
}

/** Sizes a canvas; to set its size costs time, so only where it is another. */
function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
