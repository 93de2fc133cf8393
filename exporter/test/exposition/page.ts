import { Exposition } from '../../src/exposition/exposition.js';
import type { ExpositionFormat } from '../../src/exposition/negotiate.js';
import type { ExposedSeriesReader } from '../../src/series/exposed.js';

export function render(reader: ExposedSeriesReader, format: ExpositionFormat): string {
  return new Exposition(reader).render(format).toString();
}

/** The lines of a page. */
export function page(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
