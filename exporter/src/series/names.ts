import { KymoError } from '../lib/errors.js';
import { METRIC_NAME, type Labels } from './labels.js';

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Label names that were found to be some; bounded, since they come from outside too. */
const known = new Set<string>();
const MOST_KNOWN = 10_000;

/** @throws KymoError `bad_name` for what is no metric name of Prometheus's classic data model. */
export function checkMetricName(name: string, source: string): void {
  if (METRIC.test(name)) return;
  throw new KymoError(
    'bad_name',
    `source ${source} has a metric named ${JSON.stringify(name)}; use letters, digits, _ and :, and no digit first`,
  );
}

/** @throws KymoError `bad_name` for the first label name that is none, or is reserved. */
export function checkLabelNames(labels: Labels, { metric }: { metric: string }): void {
  for (const name in labels) {
    if (known.has(name)) continue;
    if (!LABEL.test(name) || name === METRIC_NAME) {
      throw new KymoError(
        'bad_name',
        `${JSON.stringify(name)} is no label name (of ${metric}); use letters, digits and _, and no digit first`,
      );
    }
    if (known.size < MOST_KNOWN) known.add(name);
  }
}
