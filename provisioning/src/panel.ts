import { absolute } from './fields.js';
import type { Override, Panel, Step } from './model.js';
import { kymo, targets, type Query } from './query.js';

export type Options = Readonly<Record<string, unknown>>;

/** What every panel says. */
export interface Spec {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
  /** Columns of 24; 12 by default. */
  readonly w?: number;
  /** Rows of 30 pixels; 8 by default. */
  readonly h?: number;
  /** A unit of Grafana, such as `reqps`. */
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly steps?: readonly Step[];
  readonly overrides?: readonly Override[];
  /** A time range of its own that ends now, such as `24h`. */
  readonly last?: string;
  readonly mappings?: readonly unknown[];
  /** Values over the width of the panel, where the screen's pixels are not to decide. */
  readonly maxDataPoints?: number;
  /** Further options of the panel's fields. */
  readonly custom?: Options;
}

/** For panels that show the newest values only: little past is asked for, and the heading is silent of it. */
export const NEWEST = { timeFrom: '10s', hideTimeOverride: true };

interface Parts {
  readonly options: Options;
  readonly defaults?: Options;
  readonly custom?: Options;
}

/** A panel of a type, from what is said of it. */
export function panel(type: string, spec: Spec, { options, defaults, custom }: Parts): Panel {
  const { title, description, w = 12, h = 8, unit, decimals, min, max, steps, mappings } = spec;
  return {
    type,
    title,
    description,
    size: { w, h },
    datasource: kymo,
    targets: targets(spec.queries),
    ...(spec.last === undefined ? {} : { timeFrom: spec.last }),
    ...(spec.maxDataPoints === undefined ? {} : { maxDataPoints: spec.maxDataPoints }),
    fieldConfig: {
      defaults: {
        ...(unit === undefined ? {} : { unit }),
        ...(decimals === undefined ? {} : { decimals }),
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(steps === undefined ? {} : { thresholds: absolute(steps) }),
        ...(mappings === undefined ? {} : { mappings }),
        ...defaults,
        custom: { ...custom, ...spec.custom },
      },
      overrides: spec.overrides ?? [],
    },
    options,
  };
}
