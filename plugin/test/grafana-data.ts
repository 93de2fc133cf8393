import type { DataFrame, Field } from '@grafana/data';

/**
 * The little of `@grafana/data` that frames are made of: the package itself needs a browser's bundler.
 * Use it by `vi.mock('@grafana/data', () => import('./grafana-data.js'))`.
 */
export const FieldType = { time: 'time', number: 'number', string: 'string' } as const;
export const FieldColorModeId = {
  Fixed: 'fixed',
  Thresholds: 'thresholds',
  PaletteClassic: 'palette-classic',
} as const;
export const ThresholdsMode = { Absolute: 'absolute' } as const;
export const rangeUtil = { intervalToMs: (): number => 60_000 };

export const getFieldDisplayName = ({ config, name }: Field): string =>
  config.displayNameFromDS ?? name;

export const formattedValueToString = ({ text }: { readonly text: string }): string => text;

export const dateTimeFormat = (time: number): string => new Date(time).toISOString().slice(11, 19);

/** A frame without a part, as of any datasource. */
export const plainFrame = (
  name: string,
  times: number[],
  values: (number | null)[],
): DataFrame => ({
  length: times.length,
  fields: [
    { name: 'Time', type: FieldType.time as Field['type'], config: {}, values: times },
    { name, type: FieldType.number as Field['type'], config: {}, values },
  ],
});
