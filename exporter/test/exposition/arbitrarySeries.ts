import fc from 'fast-check';
import type { FamilyMetadata, MetricType } from '../../src/series/metadata.js';
import type { SampleSuffix } from '../../src/series/writer.js';
import { InMemorySeries } from './inMemorySeries.js';

/** One series with what was set on it. */
export interface SetSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly suffix: SampleSuffix;
  readonly value: number;
}

export interface SetFamily {
  readonly metadata: FamilyMetadata;
  readonly samples: readonly SetSample[];
}

const alphabet = fc.constantFrom('a', 'b', 'Z', '_', '0', '9');
const tail = fc.array(alphabet, { maxLength: 6 }).map((parts) => parts.join(''));
const ending = fc.constantFrom('', '', '_total', '_created', '_bucket', '_count', '_sum', '_info');
export const metricName = fc
  .tuple(fc.constantFrom('a', 'b', 'M', '_', ':'), tail, ending)
  .map((parts) => parts.join(''));
const labelName = fc
  .tuple(fc.constantFrom('a', 'b', 'L', '_'), tail)
  .map((parts) => parts.join(''))
  .filter((name) => !name.startsWith('__'));

/** Text with all that has to be escaped, in every place; without lone surrogates, as UTF-8 has none. */
export const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc
    .array(fc.constantFrom('\\', '"', '\n', '\r', ' ', 'n', '#', '{', '}', ',', '=', '𝛥', '\u007f'))
    .map((parts) => parts.join('')),
);

const labelSet = fc.dictionary(
  labelName,
  text.filter((value) => value !== ''),
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);
const anyValue = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.integer().map((n) => n / 1000),
  fc.constantFrom(NaN, Infinity, -Infinity, 0),
);
const count = fc.nat(1e6);
const bounds = fc.uniqueArray(fc.oneof(fc.nat(2_000_000), fc.double({ min: 0, max: 9 })), {
  maxLength: 4,
  selector: (bound) => bound + 0,
});

function single(value: fc.Arbitrary<number>): fc.Arbitrary<SetSample[]> {
  return fc
    .uniqueArray(labelSet, { selector: (labels) => JSON.stringify(Object.entries(labels).sort()) })
    .chain((sets) =>
      fc.tuple(
        ...sets.map((labels) => fc.record({ labels: fc.constant(labels), suffix: none, value })),
      ),
    );
}

const none = fc.constant<SampleSuffix>('');

const histogram: fc.Arbitrary<SetSample[]> = fc
  .record({ labels: labelSet, bounds, counts: fc.array(count, { minLength: 4, maxLength: 4 }) })
  .map(({ labels, bounds: uppers, counts }) => {
    const samples: SetSample[] = [];
    let total = 0;
    uppers.sort((a, b) => a - b);
    uppers.forEach((bound, i) => {
      total += counts[i];
      samples.push({ labels: { ...labels, le: String(bound) }, suffix: '_bucket', value: total });
    });
    samples.push({ labels: { ...labels, le: '+Inf' }, suffix: '_bucket', value: total });
    samples.push({ labels, suffix: '_sum', value: total / 7 });
    samples.push({ labels, suffix: '_count', value: total });
    return samples.reverse();
  });

const summary: fc.Arbitrary<SetSample[]> = fc
  .record({ labels: labelSet, quantiles: fc.uniqueArray(fc.double({ min: 0, max: 1 })), count })
  .map(({ labels, quantiles, count: total }) => [
    ...quantiles.map((quantile, i) => ({
      labels: { ...labels, quantile: String(quantile) },
      suffix: '' as const,
      value: i / 3,
    })),
    { labels, suffix: '_sum' as const, value: total / 3 },
    { labels, suffix: '_count' as const, value: total },
  ]);

/** Series of each type with values that the type allows. */
const samplesOf: Record<MetricType, fc.Arbitrary<SetSample[]>> = {
  gauge: single(anyValue),
  unknown: single(anyValue),
  counter: single(anyValue.map((value) => (value < 0 || Number.isNaN(value) ? 0 : value))),
  info: single(fc.constant(1)),
  stateset: fc
    .uniqueArray(text.filter((value) => value !== ''))
    .map((states) =>
      states.map((state, i) => ({ labels: { state }, suffix: '' as const, value: i % 2 })),
    ),
  histogram,
  gaugehistogram: histogram,
  summary,
};

const family: fc.Arbitrary<SetFamily> = fc
  .record({
    name: metricName,
    type: fc.constantFrom(...(Object.keys(samplesOf) as MetricType[])),
    help: text,
    unit: fc.constantFrom('', 'seconds', 'a'),
  })
  .chain((metadata) => samplesOf[metadata.type].map((samples) => ({ metadata, samples })))
  .map(({ metadata, samples }) => {
    if (metadata.type !== 'stateset') return { metadata, samples };
    const named = samples.map(({ labels, ...rest }) => ({
      ...rest,
      labels: { [metadata.name.replaceAll(':', '_')]: labels.state },
    }));
    return { metadata: { ...metadata, name: metadata.name.replaceAll(':', '_') }, samples: named };
  });

/** Families whose names may clash in any way but being the same. */
export const families = fc.uniqueArray(family, {
  selector: ({ metadata }) => metadata.name,
  maxLength: 8,
});

export function toSeries(set: readonly SetFamily[]): InMemorySeries {
  const series = new InMemorySeries();
  for (const { metadata, samples } of set) {
    series.family(metadata);
    for (const { labels, suffix, value } of samples) {
      series.set(metadata.name, labels, value, { suffix });
    }
  }
  return series;
}
