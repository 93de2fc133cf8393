import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator } from 'playwright-core';

/** Cells that a picture is seen as. */
const GRID = { columns: 24, rows: 12 };
/** Share of a cell that is not background, a hexadecimal digit a cell. */
const LEVELS = 16;
/** On average, in levels; and how many cells may be further off than text in other letters is. */
const ALLOWED = { average: 0.2, far: 3, cells: 4 };

/** Until something is still, to be kept; and that it may take to look as it is kept. */
const SECONDS = { still: 1, wait: 10, between: 0.2 };

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'looks.json');

/**
 * How pictures are to look, from afar: what stands where and how dense it is, but no letter or pixel, which
 * differ with the fonts and the browser of a machine. Kept in looks.json; `KYMO_LOOKS=keep` keeps them anew.
 */
export class Looks {
  readonly #kept: Record<string, string> = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
    : {};
  readonly #keeps = process.env.KYMO_LOOKS === 'keep';

  /**
   * What is different from how something is kept under a name to look, when it has had some seconds to
   * look so; `undefined` where nothing is.
   */
  async difference(name: string, browser: Browser, shown: Locator): Promise<string | undefined> {
    if (this.#keeps) {
      await setTimeout(SECONDS.still * 1000);
      this.#kept[name] = (await look(browser, shown)).join('/');
      return undefined;
    }
    const kept = this.#kept[name]?.split('/');
    if (kept === undefined) return `how ${name} looks is not kept: run with KYMO_LOOKS=keep`;
    for (let left = SECONDS.wait; ; left -= SECONDS.between) {
      const seen = await look(browser, shown);
      if (isAlike(seen, kept)) return undefined;
      if (left <= 0) return [`${name}: kept is`, ...kept, 'and seen is', ...seen].join('\n');
      await setTimeout(SECONDS.between * 1000);
    }
  }

  /** Writes what is kept. */
  end(): void {
    if (!this.#keeps) return;
    const sorted = Object.entries(this.#kept).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}

/** Whether two pictures are the same from afar. Rows of digits. */
export function isAlike(one: readonly string[], other: readonly string[]): boolean {
  const [first, second] = [levelsOf(one), levelsOf(other)];
  if (first.length !== second.length) return false;
  const off = first.map((level, at) => Math.abs(level - second[at]));
  const average = off.reduce((sum, by) => sum + by, 0) / off.length;
  return (
    average <= ALLOWED.average && off.filter((by) => by >= ALLOWED.far).length <= ALLOWED.cells
  );
}

const levelsOf = (rows: readonly string[]): number[] =>
  [...rows.join('')].map((digit) => Number.parseInt(digit, LEVELS));

/** The browser itself reads the picture. */
async function look(browser: Browser, shown: Locator): Promise<string[]> {
  const png = await shown.screenshot({ animations: 'disabled' });
  const page = await browser.newPage();
  try {
    const picture = `data:image/png;base64,${png.toString('base64')}`;
    const shares = await page.evaluate<number[]>(`(${INK})(${JSON.stringify([picture, GRID])})`);
    const digits = shares.map((share) => Math.floor(share * LEVELS).toString(LEVELS));
    return Array.from({ length: GRID.rows }, (_, row) =>
      digits.slice(row * GRID.columns, (row + 1) * GRID.columns).join(''),
    );
  } finally {
    await page.close();
  }
}

/** The share of each cell's pixels that are not of the picture's most frequent colour. */
const INK = `async ([url, { columns, rows }]) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const { width, height } = image;
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        const counts = new Map();
        const colors = new Uint32Array(data.buffer);
        for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
        const [[background]] = [...counts].sort(([, a], [, b]) => b - a);
        const ground = new Uint8Array(new Uint32Array([background]).buffer);
        const inked = new Array(columns * rows).fill(0);
        const all = new Array(columns * rows).fill(0);
        for (let y = 0; y < height; y += 1) {
          for (let x = 0; x < width; x += 1) {
            const at = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
            const pixel = 4 * (y * width + x);
            all[at] += 1;
            if ([0, 1, 2].some((of) => Math.abs(data[pixel + of] - ground[of]) > 16)) inked[at] += 1;
          }
        }
        return inked.map((count, at) => Math.min(count / all[at], 0.999));
}`;
