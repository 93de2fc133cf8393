/** What one check came to. */
export interface Finding {
  /** What was looked at, such as `exporter` or `datasource`. */
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export const ok = (check: string, detail: string): Finding => ({ check, state: 'ok', detail });

export const warning = (check: string, detail: string, remedy: string): Finding => ({
  ...{ check, state: 'warning', detail, remedy },
});

export const failed = (check: string, detail: string, remedy: string): Finding => ({
  ...{ check, state: 'failed', detail, remedy },
});
