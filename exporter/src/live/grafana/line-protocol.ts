import type { VectorSample } from '../../promql/result.js';
import type { LabelSet, Labels } from '../../series/labels.js';

/**
 * Writes samples as Influx line protocol. Each measurement has one field, `value`, whatever its
 * series are: Grafana sends the schema again whenever the fields change.
 * Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export class LineWriter {
  readonly #measurement: string;
  readonly #labels: string;
  /** Labels of series as tags; they are the same objects from one tick to the next. */
  readonly #tags = new WeakMap<LabelSet, string>();

  /** @param measurement needs no escapes @param labels added to those of each series */
  constructor(measurement: string, labels: Labels = {}) {
    this.#measurement = measurement;
    this.#labels = Object.entries(labels)
      .map(([name, value]) => tag(name, value))
      .join('');
  }

  /**
   * A line for each sample that the protocol can carry: it has no NaN, no infinity and no histogram.
   * @param time Unix milliseconds
   */
  lines(samples: readonly VectorSample[], time: number): string[] {
    const lines: string[] = [];
    for (const { labels, value, histogram } of samples) {
      if (histogram !== undefined || !Number.isFinite(value)) continue;
      lines.push(`${this.#prefix(labels)} value=${value} ${time}000000\n`);
    }
    return lines;
  }

  #prefix(labels: LabelSet): string {
    let prefix = this.#tags.get(labels);
    if (prefix === undefined) {
      const { names, values } = labels;
      prefix =
        this.#measurement + this.#labels + names.map((name, i) => tag(name, values[i])).join('');
      this.#tags.set(labels, prefix);
    }
    return prefix;
  }
}

function tag(name: string, value: string): string {
  return value === '' ? '' : `,${escape(name)}=${escape(value)}`;
}

/** A tag has no escape for a line break, and none for a backslash, which at the end would escape what follows. */
function escape(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/\\+$/, '/')
    .replace(/[,= ]/g, '\\$&');
}
