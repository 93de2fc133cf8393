import { parsePreferences, type Preference } from './preferences.js';

/** `text` is Prometheus text format 0.0.4, `openmetrics` is OpenMetrics 1.0.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** What to answer as `Content-Type`. */
export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

interface Offer {
  readonly format: ExpositionFormat;
  readonly type: string;
  readonly subtype: string;
  readonly version: string;
}

const OFFERS: readonly Offer[] = [
  { format: 'text', type: 'text', subtype: 'plain', version: '0.0.4' },
  { format: 'openmetrics', type: 'application', subtype: 'openmetrics-text', version: '1.0.0' },
];

/**
 * The format that a scraper prefers. Each format has the quality of the most specific media range
 * that covers it (RFC 9110, section 12.5.1); of equal qualities the more specific range wins, then
 * the one named first, then text. Where nothing covers either, it is text, as every Prometheus
 * client library answers.
 *
 * A range with a version other than ours does not cover our format; one without a version does.
 * Other parameters do not matter: `escaping` (Prometheus 3) is about names that are not
 * `[a-zA-Z_:][a-zA-Z0-9_:]*`, and there are none here.
 * @param accept the `Accept` header
 */
export function negotiate(accept: string | undefined): ExpositionFormat {
  const ranges = parsePreferences(accept ?? '');
  let best: Match | undefined;
  let format: ExpositionFormat = 'text';
  for (const offer of OFFERS) {
    const match = bestMatch(offer, ranges);
    if (match === undefined || match.quality === 0) continue;
    if (best === undefined || preferred(match, best)) {
      best = match;
      format = offer.format;
    }
  }
  return format;
}

interface Match {
  readonly quality: number;
  readonly specificity: number;
  readonly position: number;
}

function bestMatch(offer: Offer, ranges: readonly Preference[]): Match | undefined {
  let best: Match | undefined;
  ranges.forEach(({ value, parameters, quality }, position) => {
    const specificity = specificityOf(offer, value, parameters.get('version'));
    if (specificity === undefined) return;
    if (best === undefined || specificity > best.specificity) {
      best = { quality, specificity, position };
    }
  });
  return best;
}

function specificityOf(
  offer: Offer,
  range: string,
  version: string | undefined,
): number | undefined {
  if (range === '*/*') return 0;
  if (range === `${offer.type}/*`) return 1;
  if (range !== `${offer.type}/${offer.subtype}`) return undefined;
  if (version === undefined) return 2;
  return version === offer.version ? 3 : undefined;
}

function preferred(a: Match, b: Match): boolean {
  if (a.quality !== b.quality) return a.quality > b.quality;
  if (a.specificity !== b.specificity) return a.specificity > b.specificity;
  return a.position < b.position;
}
