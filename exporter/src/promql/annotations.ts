import type { Span } from './ast.js';
import { positionIn } from './errors.js';
import { formatGeneral, formatTwoDigits } from './number-format.js';
import type { ForcedMonotonicity } from './histogram/classic.js';

/** Messages in Prometheus's words (util/annotations/annotations.go). */
export interface AnnotationTexts {
  readonly warnings: string[];
  readonly infos: string[];
}

interface Annotation {
  readonly info: boolean;
  readonly message: string;
  readonly span: Span;
  readonly forced?: ForcedMonotonicity & { samples: number; from: number; to: number };
}

function rfc3339(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function forMetric(name: string): string {
  return name === '' ? '' : ` for metric name ${JSON.stringify(name)}`;
}

/** Warnings and infos about a result, each told once for the expression it arose in. */
export class Annotations {
  readonly #byMessage = new Map<string, Annotation>();
  #lastInfo = '';

  get size(): number {
    return this.#byMessage.size;
  }

  clear(): void {
    this.#byMessage.clear();
    this.#lastInfo = '';
  }

  warn(message: string, span: Span): void {
    this.#add({ info: false, message: `PromQL warning: ${message}`, span });
  }

  info(message: string, span: Span): void {
    // Mostly the same is told of series after series.
    if (message === this.#lastInfo) return;
    this.#lastInfo = message;
    this.#add({ info: true, message: `PromQL info: ${message}`, span });
  }

  mixedFloatsHistograms(metric: string, span: Span): void {
    this.warn(
      `encountered a mix of histograms and floats for metric name ${JSON.stringify(metric)}`,
      span,
    );
  }

  mixedCustomBuckets(metric: string, span: Span): void {
    this.warn(
      `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metric)}`,
      span,
    );
  }

  histogramIgnored(metric: string, span: Span): void {
    this.info(
      `ignored histograms in a range containing both floats and histograms for metric name ${JSON.stringify(metric)}`,
      span,
    );
  }

  histogramIgnoredIn(aggregation: string, span: Span): void {
    this.info(`ignored histogram in ${aggregation} aggregation`, span);
  }

  notCounterHistogram(metric: string, span: Span): void {
    this.warn(`this native histogram metric is not a counter: ${JSON.stringify(metric)}`, span);
  }

  notGaugeHistogram(metric: string, span: Span): void {
    this.warn(`this native histogram metric is not a gauge: ${JSON.stringify(metric)}`, span);
  }

  boundsReconciled(operation: 'addition' | 'subtraction' | 'aggregation', span: Span): void {
    this.info(`mismatched custom buckets were reconciled during ${operation}`, span);
  }

  resetsCollided(operation: 'addition' | 'subtraction' | 'aggregation', span: Span): void {
    this.warn(`conflicting counter resets during histogram ${operation}`, span);
  }

  invalidQuantile(q: number, span: Span): void {
    this.warn(`quantile value should be between 0 and 1, got ${formatGeneral(q)}`, span);
  }

  badBucketLabel(metric: string, label: string, span: Span): void {
    this.warn(
      `bucket label "le" is missing or has a malformed value of ${JSON.stringify(label)}${forMetric(metric)}`,
      span,
    );
  }

  mixedClassicNative(metric: string, span: Span): void {
    this.warn(`vector contains a mix of classic and native histograms${forMetric(metric)}`, span);
  }

  nanObservations(kind: 'nan-result' | 'nan-skew' | 'fraction', metric: string, span: Span): void {
    const text = {
      'nan-result': 'input to histogram_quantile has NaN observations, result is NaN',
      'nan-skew': 'input to histogram_quantile has NaN observations, result is skewed higher',
      fraction:
        'input to histogram_fraction has NaN observations, which are excluded from all fractions',
    }[kind];
    this.info(text + forMetric(metric), span);
  }

  forcedMonotonicity(
    metric: string,
    span: Span,
    { time, forced }: { time: number; forced: ForcedMonotonicity },
  ): void {
    const message = `PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${forMetric(metric)}`;
    const known = this.#byMessage.get(message)?.forced;
    if (known === undefined) {
      const first = { ...forced, samples: 1, from: time, to: time };
      this.#byMessage.set(message, { info: true, message, span, forced: first });
      return;
    }
    known.samples++;
    known.from = Math.min(known.from, time);
    known.to = Math.max(known.to, time);
    known.minBound = Math.min(known.minBound, forced.minBound);
    known.maxBound = Math.max(known.maxBound, forced.maxBound);
    known.maxDifference = Math.max(known.maxDifference, forced.maxDifference);
  }

  /**
   * All messages in the order they first arose, with line and column.
   * @param text the expression they are about; without it, messages have no position or detail
   */
  texts(text?: string): AnnotationTexts {
    const texts: AnnotationTexts = { warnings: [], infos: [] };
    for (const annotation of this.#byMessage.values()) {
      const list = annotation.info ? texts.infos : texts.warnings;
      list.push(text === undefined ? annotation.message : this.#detailed(annotation, text));
    }
    return texts;
  }

  #add(annotation: Annotation): void {
    if (!this.#byMessage.has(annotation.message)) {
      this.#byMessage.set(annotation.message, annotation);
    }
  }

  #detailed({ message, span, forced }: Annotation, text: string): string {
    const position = positionIn(text, span.start);
    if (forced === undefined) return `${message} (${position})`;
    const { minBound, maxBound, maxDifference, samples, from, to } = forced;
    return `${message}, from buckets ${formatGeneral(minBound)} to ${formatGeneral(maxBound)}, with a max diff of ${formatTwoDigits(maxDifference)}, over ${samples} samples from ${rfc3339(from)} to ${rfc3339(to)} (${position})`;
  }
}
