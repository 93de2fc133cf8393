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
export const LoadingState = {
  Loading: 'Loading',
  Streaming: 'Streaming',
  Done: 'Done',
  Error: 'Error',
} as const;
export const locationUtil = { assureBaseUrl: (url: string): string => `/grafana${url}` };

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
export const rangeUtil = {
  intervalToMs: (text: string): number => {
    const [, count, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
    if (unit === undefined) throw new Error(`no interval: ${text}`);
    return Number(count) * UNITS[unit];
  },
};

/** What Grafana's own class keeps of the settings. */
export class DataSourceApi {
  readonly uid: string;

  constructor({ uid }: { readonly uid: string }) {
    this.uid = uid;
  }
}

export const getFieldDisplayName = ({ config, name }: Field): string =>
  config.displayNameFromDS ?? name;

export const formattedValueToString = ({ text }: { readonly text: string }): string => text;

/** The parts that formats of the plugin have, in a time zone; hours, minutes and seconds in UTC by default. */
export const dateTimeFormat = (
  time: number,
  { format = 'HH:mm:ss', timeZone = 'utc' }: { format?: string; timeZone?: string } = {},
): string => {
  const zone = timeZone === 'browser' ? undefined : timeZone;
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(time);
  const [hours, minutes, seconds] = part({ timeStyle: 'medium' }).split(':');
  const parts: Readonly<Record<string, string>> = {
    ...{ YYYY: part({ year: 'numeric' }), MMM: part({ month: 'short' }) },
    ...{
      MM: part({ month: '2-digit' }),
      DD: part({ day: '2-digit' }),
      D: part({ day: 'numeric' }),
    },
    ...{ HH: hours, mm: minutes, ss: seconds },
  };
  return format.replace(/YYYY|MMM|MM|DD|D|HH|mm|ss/g, (name) => parts[name]);
};

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
