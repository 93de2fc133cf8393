import { compared } from './compared.js';
import { crossing } from './crossing.js';
import type { Finder, Insight, Severity, Subject } from './insight.js';
import { level } from './level.js';
import { missing } from './missing.js';
import { movedWith } from './moved-with.js';
import { outlier } from './outlier.js';
import { written } from './sentence.js';
import { stuck } from './stuck.js';
import { trending } from './trending.js';

/** Every finder, the most telling first. A new one is a file and a line here. */
const finders = [
  crossing,
  missing,
  stuck,
  level,
  compared,
  outlier,
  trending,
  movedWith,
] as const satisfies readonly Finder[];

const order: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/**
 * What stands out in a series, the gravest first; nothing where nothing does. The same subject always
 * yields the same sentences.
 * @param limit Insights at most; 5 by default.
 */
export function insightsOf(subject: Subject, limit = 5): readonly Insight[] {
  if (!subject.values.some(Number.isFinite)) return [];
  return finders
    .flatMap((finder) =>
      finder.find(subject).map((found): Insight => ({
        kind: finder.kind,
        sentence: written(found.parts),
        ...found,
      })),
    )
    .sort((a, b) => order[a.severity] - order[b.severity])
    .slice(0, Math.max(0, limit));
}
