import type { ExposedFamily } from '../series/exposed.js';
import type { MetricType } from '../series/metadata.js';
import type { SampleSuffix } from '../series/writer.js';
import { parseBound } from './bounds.js';
import type { ExpositionFormat } from './negotiate.js';

/** How a type is written in one format. */
export interface Shape {
  /** What `# TYPE` says. */
  readonly type: string;
  /**
   * The suffix that the family's name goes without (it is part of the sample's name only), such as
   * `_total` of an OpenMetrics counter.
   */
  readonly nameSuffix: '' | '_total' | '_info';
  /** What follows the family's name in a sample's, by the suffix of the series. */
  readonly suffixes: Readonly<Partial<Record<SampleSuffix, string>>>;
  /** Names after the family's that no other family may have: those above and those that may come. */
  readonly claims: readonly string[];
  /** The label that orders the series of one group: they differ in nothing else. */
  readonly boundLabel?: 'le' | 'quantile' | 'state';
  /** Whether `# UNIT` may be said. */
  readonly unit: boolean;
}

const single = (type: string): Shape => ({
  type,
  nameSuffix: '',
  suffixes: { '': '' },
  claims: [''],
  unit: true,
});

const textHistogram: Shape = {
  type: 'histogram',
  nameSuffix: '',
  suffixes: { _bucket: '_bucket', _sum: '_sum', _count: '_count' },
  claims: ['', '_bucket', '_sum', '_count'],
  boundLabel: 'le',
  unit: true,
};

const textSummary: Shape = {
  type: 'summary',
  nameSuffix: '',
  suffixes: { '': '', _sum: '_sum', _count: '_count' },
  claims: ['', '_sum', '_count'],
  boundLabel: 'quantile',
  unit: true,
};

/** Text 0.0.4 knows five types; the others are shown as what they would be without a name for it. */
const TEXT: Readonly<Record<MetricType, Shape>> = {
  counter: single('counter'),
  gauge: single('gauge'),
  histogram: textHistogram,
  gaugehistogram: textHistogram,
  summary: textSummary,
  info: single('gauge'),
  stateset: single('gauge'),
  unknown: single('untyped'),
};

const OPENMETRICS: Readonly<Record<MetricType, Shape>> = {
  counter: {
    type: 'counter',
    nameSuffix: '_total',
    suffixes: { '': '_total' },
    claims: ['', '_total', '_created'],
    unit: true,
  },
  gauge: single('gauge'),
  histogram: { ...textHistogram, claims: [...textHistogram.claims, '_created'] },
  gaugehistogram: {
    type: 'gaugehistogram',
    nameSuffix: '',
    suffixes: { _bucket: '_bucket', _sum: '_gsum', _count: '_gcount' },
    claims: ['', '_bucket', '_gsum', '_gcount'],
    boundLabel: 'le',
    unit: true,
  },
  summary: { ...textSummary, claims: [...textSummary.claims, '_created'] },
  info: {
    type: 'info',
    nameSuffix: '_info',
    suffixes: { '': '_info' },
    claims: ['', '_info'],
    unit: false,
  },
  stateset: { ...single('stateset'), boundLabel: 'state', unit: false },
  unknown: single('unknown'),
};

export const SHAPES: Readonly<Record<ExpositionFormat, Readonly<Record<MetricType, Shape>>>> = {
  text: TEXT,
  openmetrics: OPENMETRICS,
};

/** The family's name as it stands after `# TYPE`. */
export function familyName(family: ExposedFamily, { nameSuffix }: Shape): string {
  const { name } = family.metadata;
  return nameSuffix !== '' && name.endsWith(nameSuffix) ? name.slice(0, -nameSuffix.length) : name;
}

export interface BoundLabel {
  readonly name: string;
  /** Whether its values are numbers: not those of a stateset, whose label has the family's name. */
  readonly isNumber: boolean;
}

/** The label that {@link Shape.boundLabel} stands for in the family `name`. */
export function boundLabelOf({ boundLabel }: Shape, name: string): BoundLabel | undefined {
  if (boundLabel === undefined) return undefined;
  const isNumber = boundLabel !== 'state';
  return { name: isNumber ? boundLabel : name, isNumber };
}

/** Whether the series have what their type demands, so that a strict parser takes them for it. */
export function isWellFormed(family: ExposedFamily, shape: Shape): boolean {
  const name = familyName(family, shape);
  if (name === '') return false;
  const label = boundLabelOf(shape, name);
  return family.series.every((series) => {
    if (shape.suffixes[series.suffix] === undefined) {
      // An exponential histogram, which has no place in text, and so no line.
      return shape.boundLabel === 'le' && series.suffix === '';
    }
    if (label === undefined) return true;
    const value = series.labels.get(label.name);
    if (series.suffix === '_sum' || series.suffix === '_count') return value === '';
    return isBound(shape, value);
  });
}

function isBound(shape: Shape, value: string): boolean {
  if (shape.boundLabel === 'state') return value !== '';
  const bound = parseBound(value);
  return shape.boundLabel === 'le' ? !Number.isNaN(bound) : bound >= 0 && bound <= 1;
}
