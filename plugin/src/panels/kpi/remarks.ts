import { formattedValueToString, type Field, type FormattedValue } from '@grafana/data';
import { spanText } from '../../shared/span-text.js';
import { isWorse, type Anomaly, type Change } from './model.js';
import type { Polarity } from './options.js';

/** What is said beside a value. */
export interface Remark {
  readonly kind: 'late' | 'anomaly' | 'change' | 'worse';
  readonly text: string;
  /** Where there is room for more: `/ 5 min`. */
  readonly more: string;
  /** In full, for the tooltip. */
  readonly exact: string;
}

export type Show = (value: number) => FormattedValue;

/** How a field shows its values. */
export const showOf =
  ({ display }: Field): Show =>
  (value) =>
    display?.(value) ?? { text: `${value}` };

/** That no new value has come for some milliseconds. */
export const lateRemark = (late: number): Remark => {
  const text = `${spanText(late)} old`;
  return { kind: 'late', text, more: '', exact: `No value has come for ${spanText(late)}` };
};

/** That a value is not as expected. */
export function oddRemark(anomaly: Anomaly | undefined, show: Show): Remark | undefined {
  if (anomaly === undefined) return undefined;
  const { score, timesNormal, lower, upper } = anomaly;
  const says = `anomaly score ${short(score)}, of which 1 is the boundary`;
  const edges = [lower, upper].map((edge) =>
    edge === undefined ? undefined : formattedValueToString(show(edge)),
  );
  return {
    kind: 'anomaly',
    text: timesNormal === undefined ? `score ${short(score)}` : `${short(timesNormal)} × normal`,
    more: '',
    exact: edges.includes(undefined) ? says : `${says}; expected are ${edges.join(' to ')}`,
  };
}

const arrows = { up: '▲', down: '▼', same: '=' } as const;

/** How a value has moved over `span` milliseconds against as many before. */
export function changeRemark(
  change: Change | undefined,
  field: Field,
  { span, polarity }: { readonly span: number; readonly polarity: Polarity },
): Remark | undefined {
  if (span <= 0) return undefined;
  const since = sinceText(span);
  const more = ` / ${since}`;
  if (change === undefined) {
    const exact = `The trend over ${since} needs twice as long of values: show a longer time`;
    return { kind: 'change', text: '', more: `–${more}`, exact };
  }
  const text = `${arrows[change.direction]} ${changeText(change, field)}`;
  const worse = isWorse(change, polarity);
  const judged = change.direction === 'same' ? '' : worse ? ', for the worse' : ', for the better';
  const exact = `${text} on average in the last ${since} against the ${since} before${judged}`;
  return { kind: worse ? 'worse' : 'change', text, more, exact };
}

const points: Readonly<Record<string, number>> = { percent: 1, percentunit: 100 };

/** Shares move by points: 2 % that become 3 % have not risen by 50 % to anybody but a computer. */
function changeText({ difference, ratio }: Change, field: Field): string {
  const factor = points[field.config.unit ?? ''];
  return factor !== undefined
    ? `${short(Math.abs(difference) * factor)} pt`
    : ratio === null
      ? formattedValueToString(showOf(field)(Math.abs(difference)))
      : `${short(Math.abs(ratio) * 100)} %`;
}

function sinceText(span: number): string {
  const minutes = span / 60_000;
  if (minutes % 1440 === 0) return `${minutes / 1440} d`;
  if (minutes % 60 === 0) return `${minutes / 60} h`;
  return minutes % 1 === 0 ? `${minutes} min` : spanText(span);
}

/** One digit after the point, and none from 10 on; 9.96 is 10. */
function short(value: number): string {
  return value >= 9.95 ? value.toFixed(0) : value.toFixed(1);
}
