import { FieldType, getFieldDisplayName, type DataFrame, type Field } from '@grafana/data';
import { partOf, type AnalysisPart } from '../../shared/analysis-frames.js';
import type { SentencePiece } from '../../shared/sentence.js';

/** Times in Unix milliseconds beside columns of the same length; `null` where there is no value. */
export interface Curve {
  readonly times: readonly number[];
  readonly values: Column;
}
export type Column = readonly (number | null)[];

/** A curve with an interval around it. */
export interface Band extends Curve {
  readonly lower: Column;
  readonly upper: Column;
}

/** What was expected, and how far from it the values were: from a score of 1 on they are anomalies. */
export interface Expected extends Band {
  readonly measured: Column;
  readonly scores: Column;
}

/** One series with all that is known of it. */
export interface Subject {
  readonly name: string;
  readonly curve: Curve;
  /** Of the curve, for its unit and its links. */
  readonly field: Field;
  readonly expected?: Expected;
  readonly previous?: Curve;
  readonly forecast?: Band;
  /** Its row of figures, by the name of the column. */
  readonly figures: ReadonlyMap<string, { readonly value: number; readonly field: Field }>;
}

export type Severity = 'info' | 'warning' | 'critical';

/** Something that stands out, in one sentence. */
export interface Finding {
  readonly severity: Severity;
  /** In pieces, for times in the panel's time zone. */
  readonly sentence: readonly SentencePiece[];
  readonly expression: string;
  readonly series: string;
}

/** A series that moved with the one shown. */
export interface Related {
  readonly series: string;
  readonly expression: string;
  /** Pearson's coefficient, −1 to 1. */
  readonly correlation: number;
  /** Seconds by which it comes before; negative: after. */
  readonly lead: number;
  /** Expressions of others that move as one with it. */
  readonly alike: readonly string[];
}

/** A series whose score rose before that of the one shown. */
export interface Cause {
  readonly series: string;
  readonly expression: string;
  /** Unix milliseconds. */
  readonly time: number;
}

export interface Analysis {
  readonly subjects: readonly Subject[];
  readonly findings: readonly Finding[];
  readonly related: readonly Related[];
  readonly causes: readonly Cause[];
  /** Parts that could not be had, each with the reason. */
  readonly problems: readonly { readonly part: AnalysisPart; readonly text: string }[];
  /** Parts that have not come yet, or are not asked for. */
  readonly missing: ReadonlySet<AnalysisPart>;
}

/** Reads frames: those of our datasource by their parts, any other one with times and numbers as values. */
export function analysisOf(frames: readonly DataFrame[]): Analysis {
  const of = (wanted: AnalysisPart): DataFrame[] =>
    frames.filter(
      (frame) => (partOf(frame)?.part ?? 'value') === wanted && frame.fields.length > 0,
    );
  const about = (part: AnalysisPart, series: string): DataFrame | undefined =>
    of(part).find((frame) => partOf(frame)?.series === series);
  const [statistics] = of('statistics');
  const [insights] = of('insights');
  const parts = new Set(frames.map((frame) => partOf(frame)?.part ?? 'value'));
  const optional = ['previous', 'anomalies', 'forecast', 'statistics', 'insights'] as const;
  return {
    subjects: of('value').flatMap((frame) =>
      numbersOf(frame).map((field): Subject => {
        const name = getFieldDisplayName(field, frame, [...frames]);
        const previous = about('previous', name);
        const curve = curveOf(frame, field);
        return {
          name,
          field,
          curve,
          expected: expectedOf(about('anomalies', name)),
          previous: previous && curveOf(previous, numbersOf(previous)[0]),
          forecast: ahead(bandOf(about('forecast', name), 'forecast'), curve),
          figures: figuresOf(statistics, name),
        };
      }),
    ),
    findings: rowsOf(insights).map((row, index) => ({
      severity: severityOf(row.Severity),
      sentence: partOf(insights)?.sentences?.[index] ?? [String(row.Sentence)],
      expression: String(row.Expression),
      series: String(row.Series),
    })),
    related: rowsOf(of('correlations')[0]).map((row) => ({
      series: String(row.Series),
      expression: String(row.Expression),
      correlation: Number(row.Correlation),
      lead: Number(row.Lead),
      alike: typeof row.Alike === 'string' && row.Alike !== '' ? row.Alike.split('\n') : [],
    })),
    causes: rowsOf(of('causes')[0]).map((row) => ({
      series: String(row.Series),
      expression: String(row.Expression),
      time: Number(row.Time),
    })),
    problems: frames.flatMap((frame) => {
      const { part, problem } = partOf(frame) ?? {};
      return part === undefined || problem === undefined ? [] : [{ part, text: problem }];
    }),
    missing: new Set(optional.filter((part) => !parts.has(part))),
  };
}

const numbersOf = (frame: DataFrame): Field[] =>
  frame.fields.filter(({ type }) => type === FieldType.number);

const timesOf = (frame: DataFrame): readonly number[] =>
  (frame.fields.find(({ type }) => type === FieldType.time)?.values ?? []) as number[];

const curveOf = (frame: DataFrame, field: Field | undefined): Curve => ({
  times: timesOf(frame),
  values: (field?.values ?? []) as (number | null)[],
});

const columnOf = (frame: DataFrame, name: string): Column =>
  (frame.fields.find((field) => field.name === name)?.values ?? []) as (number | null)[];

function bandOf(frame: DataFrame | undefined, middle: string): Band | undefined {
  if (frame === undefined) return undefined;
  return {
    times: timesOf(frame),
    values: columnOf(frame, middle),
    lower: columnOf(frame, 'lower'),
    upper: columnOf(frame, 'upper'),
  };
}

/** What of a forecast still lies ahead: the curve goes on while the forecast stays as it was made. */
function ahead(forecast: Band | undefined, { times: known }: Curve): Band | undefined {
  const last = known.at(-1) ?? -Infinity;
  const first = forecast?.times.findIndex((time) => time >= last) ?? -1;
  if (forecast === undefined || first < 0) return undefined;
  const { times, values, lower, upper } = forecast;
  return {
    times: times.slice(first),
    values: values.slice(first),
    lower: lower.slice(first),
    upper: upper.slice(first),
  };
}

function expectedOf(frame: DataFrame | undefined): Expected | undefined {
  const band = bandOf(frame, 'expected');
  if (frame === undefined || band === undefined) return undefined;
  return { ...band, measured: columnOf(frame, 'value'), scores: columnOf(frame, 'score') };
}

function figuresOf(frame: DataFrame | undefined, series: string): Subject['figures'] {
  const row = frame?.fields.find(({ name }) => name === 'Series')?.values.indexOf(series) ?? -1;
  if (frame === undefined || row < 0) return new Map();
  return new Map(
    numbersOf(frame).flatMap((field) => {
      const value: unknown = field.values[row];
      return typeof value === 'number' ? [[field.name, { value, field }]] : [];
    }),
  );
}

function rowsOf(frame: DataFrame | undefined): Readonly<Record<string, unknown>>[] {
  if (frame === undefined) return [];
  return Array.from({ length: frame.length }, (_, row) =>
    Object.fromEntries(frame.fields.map(({ name, values }) => [name, values[row] as unknown])),
  );
}

const severityOf = (value: unknown): Severity =>
  value === 'critical' || value === 'warning' ? value : 'info';

/** The points of a series that are anomalies. */
export function outliersOf({
  times,
  measured,
  scores,
}: Expected): { time: number; value: number }[] {
  return times.flatMap((time, row) => {
    const value = measured[row];
    return typeof value === 'number' && (scores[row] ?? 0) >= 1 ? [{ time, value }] : [];
  });
}
