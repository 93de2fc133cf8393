import type { Finder } from './insight.js';
import { wholePeriod } from './period.js';
import { its } from './sentence.js';
import { span } from './wording.js';

const LEAST = 0.8;
const MOST = 3;

/** Up to three series that moved closely with it; which came first is told, not what caused what. */
export const movedWith: Finder = {
  kind: 'related',
  find(subject) {
    const close = (subject.related ?? []).filter(
      ({ pearson, spearman }) => Math.min(Math.abs(pearson), Math.abs(spearman)) >= LEAST,
    );
    return close.slice(0, MOST).map(({ name, expression, pearson, lag }) => {
      const apart = span(Math.abs(lag) * subject.step);
      const when = lag === 0 ? '' : lag > 0 ? `, ${apart} after it` : `, ${apart} before it`;
      return {
        severity: 'info' as const,
        parts: [
          its(subject),
          ` moved ${pearson > 0 ? 'with' : 'against'} ${name}${when} (correlation ${pearson.toFixed(2).replace('-', '−')}).`,
        ],
        value: pearson,
        unit: '',
        ...wholePeriod(subject),
        expression,
      };
    });
  },
};
