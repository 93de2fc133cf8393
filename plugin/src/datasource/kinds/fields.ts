import {
  FieldColorModeId,
  FieldType,
  type DataFrame,
  type Field,
  type FieldConfig,
} from '@grafana/data';
import type { AnalysisMeta } from '../../shared/analysis-frames.js';

type Labels = Readonly<Record<string, string>>;
type Numbers = readonly (number | null)[];

/** A field of Unix seconds, as Grafana's milliseconds. */
export function timeField(seconds: readonly number[], name = 'Time'): Field {
  const values = seconds.map((time) => Math.round(time * 1000));
  return { name, type: FieldType.time, config: {}, values };
}

export function numberField(
  name: string,
  values: Numbers,
  config: FieldConfig = {},
  labels?: Labels,
): Field {
  return { name, type: FieldType.number, config, values: [...values], ...(labels && { labels }) };
}

export function textField(name: string, values: readonly string[]): Field {
  return { name, type: FieldType.string, config: {}, values: [...values] };
}

/** A frame that is a part of an analysis. */
export function analysisFrame(
  refId: string,
  custom: AnalysisMeta,
  fields: Field[],
  more: DataFrame['meta'] = {},
): DataFrame {
  const length = fields[0]?.values.length ?? 0;
  return { refId, name: custom.part, length, fields, meta: { custom, ...more } };
}

/** Edges of a band, filled between in a stock graph: the upper one fills down to the lower one's name. */
export function bandFields(
  { lower, upper }: { readonly lower: Numbers; readonly upper: Numbers },
  names: { readonly lower: string; readonly upper: string },
  { unit, labels }: { readonly unit?: string; readonly labels: Labels },
): Field[] {
  const common = { unit, color: { mode: FieldColorModeId.Fixed, fixedColor: 'text' } };
  const custom = { lineWidth: 0, hideFrom: { legend: true, tooltip: false, viz: false } };
  return [
    numberField('lower', lower, { ...common, displayNameFromDS: names.lower, custom }, labels),
    numberField(
      'upper',
      upper,
      {
        ...common,
        displayNameFromDS: names.upper,
        custom: { ...custom, fillBelowTo: names.lower, fillOpacity: 12 },
      },
      labels,
    ),
  ];
}

/** How a stock graph draws what is not measured. */
export const DASHED = { lineStyle: { fill: 'dash', dash: [8, 6] } } as const;
