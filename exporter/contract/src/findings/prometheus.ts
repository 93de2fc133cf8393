import { failed, ok, warning, type Finding } from './finding.js';

/** Seconds after which a sample is no longer from the last scrapes. */
const OLD = 90;

/** Seconds since each sample that a Prometheus has of exporters. */
export const AGES = 'time() - timestamp(kymo_build_info)';

/** An exporter that a Prometheus has samples of. */
export interface Scraped {
  readonly instance: string;
  /** Seconds since the newest sample. */
  readonly age: number;
}

/** @param all at least one */
export function scrapedFinding(all: readonly Scraped[]): Finding {
  const age = `${Math.max(0, Math.min(...all.map((one) => one.age))).toFixed(1)} s ago`;
  if (all.every((one) => one.age > OLD)) {
    const remedy = 'look at its page Status > Targets; is the exporter up?';
    return warning('scraping', `the last time ${age}`, remedy);
  }
  const exporters = all.map(({ instance }) => instance || '?').join(', ');
  return ok('scraping', `${exporters}, the last time ${age}`);
}

/** @param down the target of the job `kymo` that does not answer, where there is one */
export function notScrapedFinding(
  down: { readonly scrapeUrl: string; readonly lastError: string } | undefined,
): Finding {
  if (down !== undefined) {
    const detail = `${down.scrapeUrl} is down: ${down.lastError}`;
    return failed('scraping', detail, 'mend the address in scrape_configs, or start the exporter');
  }
  return failed(
    'scraping',
    'no exporter is scraped',
    "add to scrape_configs: {job_name: kymo, scrape_interval: 1s, static_configs: [{targets: ['127.0.0.1:9797']}]}",
  );
}
