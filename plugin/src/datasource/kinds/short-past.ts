import type { DataFrame } from '@grafana/data';
import { partOf } from '../../shared/analysis-frames.js';
import { isNumber } from '../../shared/fields.js';

/** Values below which nothing is forecast. */
const LEAST = 20;

/**
 * Why a forecast is not worth showing, in words for a person; `undefined` where it is, or where the frame
 * is none. It reaches as far ahead as values reach back at most: what is made of fewer is a guess that
 * changes with every value.
 * @param values frames of the past
 */
export function shortPast(frame: DataFrame, values: readonly DataFrame[]): string | undefined {
  const about = partOf(frame);
  if (about?.part !== 'forecast' || frame.length === 0) return undefined;
  const past = values
    .flatMap(({ fields }) => fields.filter(isNumber))
    .find(({ config }) => config.displayNameFromDS === about.series);
  if (past === undefined) return undefined;
  const known = (past.values as unknown[]).filter((value) => Number.isFinite(value)).length;
  // The first row is the last value of the past.
  const needed = Math.max(LEAST, frame.length - 1);
  if (known >= needed) return undefined;
  return `There is no forecast yet: it needs ${needed} values, and there are ${known}.`;
}
