import { KymoError } from '../../lib/errors.js';
import type { Labels } from '../../series/labels.js';
import type { Alert, Severity } from '../alert.js';

/** What a receiver is told of an alert. Times are Unix milliseconds. */
export interface Notice {
  readonly alert: Alert;
  readonly status: 'firing' | 'resolved';
  /** The alert's, with the external labels. */
  readonly labels: Labels;
  /** When it began to fire: what receivers tell repetitions by. */
  readonly startsAt: number;
  /** When it resolved; 0 while it fires. */
  readonly endsAt: number;
  /** Milliseconds from sending for which the alert counts as firing without being sent again. */
  readonly validFor: number;
  /** Where people see its expression; may be empty. */
  readonly generatorUrl: string;
  /** Where people find this exporter; may be empty. */
  readonly externalUrl: string;
}

/** One receiver of notifications. */
export interface Notifier {
  /** Unique; the label `receiver` of its metrics, and its place in the outbox. */
  readonly name: string;
  /** Whether it is told the state again and again, as Alertmanager is, or each change once. */
  readonly repeats: boolean;
  /** Most notices in a message. */
  readonly batch: number;
  /** Whether it wants to hear of an alert. */
  accepts(alert: Alert, status: Notice['status']): boolean;
  /** Whether two notices may go into one message. */
  together(first: Notice, other: Notice): boolean;
  /**
   * Sends one message.
   * @throws RejectedError where sending it again would not help; anything else is tried again
   */
  send(notices: readonly Notice[], signal: AbortSignal): Promise<void>;
}

/** The receiver does not want this message, and will not want it later. Code `rejected`. */
export class RejectedError extends KymoError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('rejected', message, options);
  }
}

/** The receiver cannot take it now. Code `unavailable`. */
export class UnavailableError extends KymoError {
  /** Milliseconds that the receiver asks to wait; 0 where it says nothing. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter = 0, options?: { cause?: unknown }) {
    super('unavailable', message, options);
    this.retryAfter = retryAfter;
  }
}

/** From the least to the gravest. */
export const SEVERITIES = [
  'info',
  'warning',
  'error',
  'critical',
  'emergency',
] as const satisfies readonly Severity[];

/** Whether an alert is at least so grave. One with another severity, or none, always is. */
export function isAtLeast({ severity }: Labels, least: Severity): boolean {
  const rank = SEVERITIES.findIndex((known) => known === severity);
  return rank < 0 || rank >= SEVERITIES.indexOf(least);
}
