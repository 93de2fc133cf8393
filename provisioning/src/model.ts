/** Parts of Grafana's dashboard JSON (schema version 41) that Kymo's dashboards use. */

export interface Datasource {
  readonly type: string;
  readonly uid: string;
}

export interface Target {
  readonly refId: string;
  readonly datasource: Datasource;
  readonly expr: string;
  readonly [option: string]: unknown;
}

export interface Step {
  readonly color: string;
  /** `null` for the first one, which has no lower bound. */
  readonly value: number | null;
}

export interface Override {
  readonly matcher: { readonly id: string; readonly options: unknown };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

export interface FieldConfig {
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly overrides: readonly Override[];
}

/** A panel without its place: the layout gives it one. */
export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  /** Columns of 24, and rows of 30 pixels. */
  readonly size: { readonly w: number; readonly h: number };
  readonly datasource?: Datasource;
  readonly targets?: readonly Target[];
  readonly fieldConfig?: FieldConfig;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly [option: string]: unknown;
}

/** A row of a dashboard with its panels; without a title there is no heading. */
export interface Section {
  readonly title?: string;
  readonly panels: readonly Panel[];
}

/** A dashboard as its file holds it. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Readonly<Record<string, unknown>>[];
  readonly [option: string]: unknown;
}
