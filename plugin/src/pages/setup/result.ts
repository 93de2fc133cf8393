import type { Finding } from '@kymo/contract/findings';

/** What one check came to; also where that cannot be told. */
export type Result =
  | Finding
  | { readonly check: string; readonly state: 'unknown'; readonly detail: string; remedy?: string };

export type ResultState = Result['state'];

export const unknown = (check: string, detail: string): Result => ({
  check,
  state: 'unknown',
  detail,
});

/** What is said of a state, beside its icon. */
export const STATE_WORDS: Readonly<Record<ResultState, string>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'failed',
  unknown: 'not known',
};

/** What was looked at together: this Grafana, or one datasource. */
export interface Section {
  /** Uid of the datasource; `''` for Grafana. */
  readonly id: string;
  readonly title: string;
  /** `undefined` until it has been looked at. */
  readonly results: readonly Result[] | undefined;
}

/** Such as `12 ok, 1 warning, 0 failed`. */
export function inShort(results: readonly Result[]): string {
  const count = (state: ResultState): number =>
    results.filter((result) => result.state === state).length;
  const [odd, dark] = [count('warning'), count('unknown')];
  const warnings = `${odd} ${odd === 1 ? 'warning' : 'warnings'}`;
  const rest = dark === 0 ? '' : `, ${dark} not known`;
  return `${count('ok')} ok, ${warnings}, ${count('failed')} failed${rest}`;
}
