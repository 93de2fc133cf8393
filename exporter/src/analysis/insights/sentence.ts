import type { Subject } from './insight.js';
import { moment } from './wording.js';

/**
 * A piece of a sentence: text, what a series is called, or a time in Unix milliseconds. Readers may call
 * the series by another name, and live in another time zone.
 */
export type Part = string | { readonly series: string } | { readonly time: number };

/** The series that a subject is of. */
export const its = ({ name }: Subject): Part => ({ series: name });

/** A sentence in the exporter's own words: its names of series, and times in UTC. */
export function written(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return 'series' in part ? part.series : moment(part.time);
    })
    .join('');
}
