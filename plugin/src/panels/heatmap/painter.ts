import { differenceOf, type HeatGrid } from './grid.js';
import type { Rgb } from './colors.js';
import { shadeOf, type ShadeScale } from './shade.js';
import type { RowScale } from './rows.js';

/** In pixels of the device. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The cells of a map in a bitmap of a pixel a cell. What comes is appended: the bitmap is moved to the
 * left, and only columns that are new or different are painted.
 */
export class CellPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  #grid: HeatGrid | undefined;
  #scale: ShadeScale | undefined;
  #shades: readonly Rgb[] | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
  }

  /** Paints what has changed; answers how many columns that were. */
  update(grid: HeatGrid, scale: ShadeScale, shades: readonly Rgb[]): number {
    const before = this.#canKeep(scale, shades) ? this.#grid : undefined;
    this.#grid = grid;
    this.#scale = scale;
    this.#shades = shades;
    const { count } = grid.columns;
    const difference = before && differenceOf(before, grid);
    if (difference === undefined) {
      this.#canvas.width = count;
      this.#canvas.height = grid.rows.length;
      this.#paint(grid, 0, count - 1);
      return count;
    }
    if (difference.shift > 0) this.#move(difference.shift);
    let painted = 0;
    for (const [first, last] of difference.stretches) {
      this.#paint(grid, first, last);
      painted += last - first + 1;
    }
    return painted;
  }

  #canKeep(scale: ShadeScale, shades: readonly Rgb[]): boolean {
    const before = this.#scale;
    return (
      this.#shades === shades &&
      before?.low === scale.low &&
      before.high === scale.high &&
      before.curve === scale.curve
    );
  }

  #move(columns: number): void {
    const context = this.#context;
    if (context === null) return;
    context.globalCompositeOperation = 'copy';
    context.drawImage(this.#canvas, -columns, 0);
    context.globalCompositeOperation = 'source-over';
  }

  #paint({ cells, rows }: HeatGrid, first: number, last: number): void {
    const context = this.#context;
    const shades = this.#shades;
    const scale = this.#scale;
    if (context === null || shades === undefined || scale === undefined) return;
    const width = last - first + 1;
    const height = rows.length;
    const image = context.createImageData(width, height);
    for (let column = 0; column < width; column += 1) {
      for (let row = 0; row < height; row += 1) {
        const shade = shadeOf(cells[(first + column) * height + row], scale);
        // Nothing is transparent: the panel's background, whatever that is.
        if (shade === 0) continue;
        const at = ((height - 1 - row) * width + column) * 4;
        const [red, green, blue] = shades[shade];
        image.data[at] = red;
        image.data[at + 1] = green;
        image.data[at + 2] = blue;
        image.data[at + 3] = 255;
      }
    }
    context.putImageData(image, first, 0);
  }

  /** Draws the cells into an area: a piece for each stretch of rows of the same height. */
  draw(target: CanvasRenderingContext2D, area: Area, { bands, first, last }: RowScale): void {
    const columns = this.#canvas.width;
    const rows = this.#canvas.height;
    target.imageSmoothingEnabled = columns > area.width;
    let begin = first;
    for (let row = first; row <= last; row += 1) {
      if (row < last && isAlike(bands[row], bands[row + 1])) continue;
      const top = Math.round(area.y + (1 - bands[row].top) * area.height);
      const bottom = Math.round(area.y + (1 - bands[begin].bottom) * area.height);
      const count = row - begin + 1;
      const from = rows - 1 - row;
      const { x, width } = area;
      target.drawImage(this.#canvas, 0, from, columns, count, x, top, width, bottom - top);
      begin = row + 1;
    }
  }
}

interface Extent {
  readonly bottom: number;
  readonly top: number;
}

/** Whether a band follows another and is as high. */
function isAlike(below: Extent, above: Extent): boolean {
  const height = below.top - below.bottom;
  const follows = Math.abs(above.bottom - below.top) < 1e-6;
  return follows && Math.abs(above.top - above.bottom - height) < 1e-3 * height;
}
