import type { DataFrame } from '@grafana/data';
import type { SentencePiece } from './sentence.js';

/**
 * What a frame of an analysis is about. `value` is what the panel needs at least; all others are optional.
 * A frame without a part that has times and numbers counts as `value`.
 */
export const ANALYSIS_PARTS = [
  'value',
  'previous',
  'anomalies',
  'forecast',
  'statistics',
  'insights',
  'correlations',
  'causes',
] as const;
export type AnalysisPart = (typeof ANALYSIS_PARTS)[number];

/** In `meta.custom` of a frame. */
export interface AnalysisMeta {
  readonly part: AnalysisPart;
  /** Display name of the one series that the frame is about. */
  readonly series?: string;
  /** Why the part is missing, in words for a person. */
  readonly problem?: string;
  /** Of insights: the sentence of each row, with times for any time zone. */
  readonly sentences?: readonly (readonly SentencePiece[])[];
}

/** Which part of an analysis a frame is; `undefined` for any other frame. */
export function partOf({ meta }: Pick<DataFrame, 'meta'>): AnalysisMeta | undefined {
  const custom = meta?.custom as Partial<AnalysisMeta> | undefined;
  const part = ANALYSIS_PARTS.find((one) => one === custom?.part);
  return part === undefined ? undefined : { ...custom, part };
}
