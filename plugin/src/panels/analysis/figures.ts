import { formattedValueToString, type Field } from '@grafana/data';
import { spanText } from '../../shared/span-text.js';
import type { Column, Subject } from './model.js';
import { crossingOf } from './thresholds.js';

/** A figure above the curve. */
export interface Figure {
  readonly label: string;
  readonly text: string;
  /** In full, for the tooltip. */
  readonly exact: string;
}

/** The figures of a series, the ones that leave last first. */
export function figuresOf(subject: Subject): Figure[] {
  const { figures, field, curve } = subject;
  const computed = summaryOf(curve.values);
  const figure = (label: string, column: string, value?: number): Figure[] => {
    const told = figures.get(column);
    const number = told?.value ?? value;
    if (number === undefined) return [];
    return [{ label, text: show(field, number), exact: `${label}: ${number}` }];
  };
  return [
    ...figure('average', 'Average', computed?.average),
    ...figure('peak', 'Peak', computed?.peak),
    ...reachOf(subject),
    ...changeOf(subject),
    ...trendOf(subject),
    ...figure('low', 'Low', computed?.low),
    ...figure('std dev', 'Std dev', computed?.deviation),
    ...figure('p50', 'p50', computed?.p50),
    ...figure('p95', 'p95', computed?.p95),
    ...figure('p99', 'p99', computed?.p99),
    ...figure('p99.9', 'p99.9'),
  ];
}

/** A value with its unit, as the field's options say. */
export function show(field: Field, value: number): string {
  const shown = field.display?.(value);
  return shown === undefined ? String(value) : formattedValueToString(shown);
}

/** Average against that of the period before. */
function changeOf({ figures, field }: Subject): Figure[] {
  const before = figures.get('Average before');
  const ratio = figures.get('Change')?.value;
  if (before === undefined) return [];
  const exact = `average of the period before: ${before.value}`;
  if (ratio === undefined) return [{ label: 'before', text: show(field, before.value), exact }];
  const percent = `${threeDigits(Math.abs(ratio) * 100)} %`;
  return [{ label: 'period before', text: `${arrow(ratio)} ${percent}`, exact }];
}

/** When the forecast crosses a threshold of the field. */
function reachOf(subject: Subject): Figure[] {
  const crossing = crossingOf(subject);
  if (crossing === undefined) return [];
  const { threshold, after } = crossing;
  const label = `reaches ${show(subject.field, threshold)}`;
  const text = `in ${spanText(after)}`;
  return [{ label, text, exact: `the forecast reaches ${threshold} ${text}` }];
}

function trendOf({ figures, field }: Subject): Figure[] {
  const trend = figures.get('Trend per hour');
  if (trend === undefined) return [];
  const { value } = trend;
  const text = value === 0 ? '= none' : `${arrow(value)} ${show(field, Math.abs(value))}/h`;
  return [{ label: 'trend', text, exact: `trend: ${value} an hour` }];
}

const arrow = (value: number): string => (value > 0 ? '▲' : value < 0 ? '▼' : '=');

const threeDigits = (value: number): string => value.toFixed(value >= 10 ? 0 : 1);

interface Summary {
  readonly average: number;
  readonly peak: number;
  readonly low: number;
  readonly deviation: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** For frames of datasources that tell no statistics; percentiles by nearest rank. */
export function summaryOf(values: Column): Summary | undefined {
  const sorted = values
    .filter((value): value is number => typeof value === 'number' && Number.isFinite(value))
    .sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const average = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const squares = sorted.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return {
    average,
    peak: sorted[sorted.length - 1],
    low: sorted[0],
    deviation: Math.sqrt(squares / Math.max(1, sorted.length - 1)),
    p50: rank(0.5),
    p95: rank(0.95),
    p99: rank(0.99),
  };
}
