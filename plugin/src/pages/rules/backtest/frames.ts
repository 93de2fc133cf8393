import { FieldType, ThresholdsMode, type DataFrame } from '@grafana/data';
import type { RuleCurve } from '../../../shared/rules-door.js';
import type { Stretch } from './firings.js';

/** Curves as a stock panel draws them. @param color of a threshold's line, by the theme */
export function framesOf(curves: readonly RuleCurve[], color: string): DataFrame[] {
  return curves.map(({ labels, times, values, unit, threshold }) => ({
    length: times.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: [...times] },
      {
        name: 'Value',
        type: FieldType.number,
        labels: { ...labels },
        config: {
          ...(unit === undefined ? {} : { unit }),
          ...(threshold === undefined ? {} : thresholdOf(threshold, color)),
        },
        values: [...values],
      },
    ],
  }));
}

/** A dashed line. */
function thresholdOf(value: number, color: string): DataFrame['fields'][number]['config'] {
  return {
    thresholds: {
      mode: ThresholdsMode.Absolute,
      steps: [
        { value: -Infinity, color: 'transparent' },
        { value, color },
      ],
    },
    custom: { thresholdsStyle: { mode: 'dashed' } },
  };
}

/** Stretches as annotations, which a stock panel shades. */
export function regionsOf(
  stretches: readonly Stretch[],
  { color, text }: { readonly color: string; readonly text: string },
): DataFrame[] {
  if (stretches.length === 0) return [];
  const column = <T>(name: string, type: FieldType, values: T[]): DataFrame['fields'][number] => ({
    name,
    type,
    config: {},
    values,
  });
  return [
    {
      name: text,
      length: stretches.length,
      fields: [
        column(
          'time',
          FieldType.time,
          stretches.map(({ start }) => start),
        ),
        column(
          'timeEnd',
          FieldType.time,
          stretches.map(({ end }) => end),
        ),
        column(
          'isRegion',
          FieldType.boolean,
          stretches.map(() => true),
        ),
        column(
          'color',
          FieldType.string,
          stretches.map(() => color),
        ),
        column(
          'title',
          FieldType.string,
          stretches.map(() => text),
        ),
      ],
    },
  ];
}
