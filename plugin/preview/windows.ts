const MINUTE = 60_000;

/** Time ranges to choose from, in milliseconds. */
export const WINDOWS = [
  { value: MINUTE, label: 'Last 1 min' },
  { value: 5 * MINUTE, label: 'Last 5 min' },
  { value: 15 * MINUTE, label: 'Last 15 min' },
  { value: 60 * MINUTE, label: 'Last 1 h' },
  { value: 6 * 60 * MINUTE, label: 'Last 6 h' },
  { value: 24 * 60 * MINUTE, label: 'Last 24 h' },
] as const;

export const DEFAULT_WINDOW: number = 5 * MINUTE;
