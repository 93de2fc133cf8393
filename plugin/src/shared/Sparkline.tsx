import { useLayoutEffect, useRef } from 'react';
import type { Curve } from './curve.js';
import { drawnOf, looksOther, sparkLines, type Drawn } from './spark-lines.js';

interface SparklineProps {
  readonly curve: Curve;
  readonly color: string;
  /** Below the curve. */
  readonly fill: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** What is on a canvas. */
interface Picture extends Drawn {
  /** Colours and sizes. */
  readonly look: string;
}

/** A curve without axes, on a canvas; it is drawn anew where a value makes it look other. */
export function Sparkline({ curve, color, fill, width, height }: SparklineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef<Picture>();
  useLayoutEffect(() => {
    const ratio = window.devicePixelRatio;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    const look = `${color} ${fill} ${size.width} ${size.height} ${ratio}`;
    const before = picture.current;
    if (before?.look === look && !looksOther(before, curve, size.width, size.height)) return;
    const context = canvas.current?.getContext('2d');
    if (canvas.current === null || context === null || context === undefined) return;
    picture.current = { ...drawnOf(curve), look };
    fit(canvas.current, size.width, size.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.strokeStyle = color;
    context.fillStyle = fill;
    context.lineWidth = 1.5;
    context.lineJoin = 'round';
    for (const line of sparkLines(curve, width, height)) {
      context.beginPath();
      for (let at = 0; at < line.length; at += 2) context.lineTo(line[at], line[at + 1]);
      context.stroke();
      context.lineTo(line[line.length - 2], height);
      context.lineTo(line[0], height);
      context.fill();
    }
  }, [curve, color, fill, width, height]);
  return <canvas ref={canvas} style={{ width, height, display: 'block' }} aria-hidden />;
}

/** Sizes a canvas; to set its size costs time, so only where it is another. */
function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
