/** What is set of the panel. */
export interface AlertsOptions {
  /** Whether alerts that are over are listed too, for as long as the exporter does. */
  readonly resolved: boolean;
  /** Whether alerts that may fire soon are listed. */
  readonly pending: boolean;
}

export const DEFAULTS: AlertsOptions = { resolved: false, pending: true };
