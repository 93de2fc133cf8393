import { getAppEvents } from '@grafana/runtime';

/** Tells the user something in a corner of the page. */
export function say(
  type: 'alert-success' | 'alert-warning' | 'alert-error',
  ...texts: string[]
): void {
  getAppEvents().publish({ type, payload: texts });
}

/** What a failure says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
