import type { ExposedFamily } from '../series/exposed.js';
import type { ExpositionFormat } from './negotiate.js';
import { familyName, isWellFormed, SHAPES } from './shape.js';

/**
 * The families that cannot be shown as what they are.
 *
 * Parsers refuse a page on which a family's sample names may be taken for another's: a gauge `jobs`
 * beside a counter `jobs_total` (in OpenMetrics the counter's family is `jobs`), a gauge
 * `jobs_created` beside it, a gauge `latency_count` beside a histogram `latency`. Of two such
 * families one that is made of more than one name gives up its type: rather a counter or info, which
 * loses least, than a histogram or summary.
 *
 * The other reason are series that their type has no place for, such as a bucket whose `le` is no
 * number.
 */
export function findUntyped(
  families: readonly ExposedFamily[],
  format: ExpositionFormat,
): ReadonlySet<ExposedFamily> {
  const untyped = new Set<ExposedFamily>();
  for (const family of families) {
    if (!isWellFormed(family, SHAPES[format][family.metadata.type])) untyped.add(family);
  }
  // One that gives up its type claims other names than before: again, until nothing changes.
  for (;;) {
    const yielding = findYielding(families, format, untyped);
    if (yielding.size === 0) return untyped;
    for (const family of yielding) untyped.add(family);
  }
}

/** The names of the samples of a family that has given up its type. */
export function looseNames(family: ExposedFamily): readonly string[] {
  return Array.from(new Set(family.series.map(({ labels }) => labels.metricName)));
}

function findYielding(
  families: readonly ExposedFamily[],
  format: ExpositionFormat,
  untyped: ReadonlySet<ExposedFamily>,
): ReadonlySet<ExposedFamily> {
  const owners = new Map<string, ExposedFamily>();
  const yielding = new Set<ExposedFamily>();
  const cost = (family: ExposedFamily): number => {
    const shape = SHAPES[format][family.metadata.type];
    if (untyped.has(family) || shape.claims.length === 1) return Infinity;
    return shape.nameSuffix !== '' ? 1 : 2;
  };
  for (const family of families) {
    for (const name of claimedNames(family, format, untyped)) {
      const owner = owners.get(name);
      if (owner === undefined) {
        owners.set(name, family);
      } else if (!yielding.has(owner) && !yielding.has(family)) {
        const one = cost(owner) < cost(family) ? owner : family;
        if (cost(one) !== Infinity) yielding.add(one);
      }
    }
  }
  return yielding;
}

function claimedNames(
  family: ExposedFamily,
  format: ExpositionFormat,
  untyped: ReadonlySet<ExposedFamily>,
): readonly string[] {
  if (untyped.has(family)) return looseNames(family);
  const shape = SHAPES[format][family.metadata.type];
  const name = familyName(family, shape);
  return shape.claims.map((claim) => name + claim);
}
