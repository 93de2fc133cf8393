import type { LabelSet } from '../series/labels.js';
import type { SeriesId } from '../series/reader.js';
import type { Acknowledgement, Alert } from './alert.js';
import { NEVER_ACTIVE, type AlertStatus } from './alert-state.js';
import { fingerprintOf } from './fingerprint.js';

/** What is kept of one label set of an alerting rule. */
export class AlertEntry {
  readonly labels: LabelSet;
  readonly fingerprint: string;
  status: AlertStatus = NEVER_ACTIVE;
  annotations: Readonly<Record<string, string>> = {};
  value = NaN;
  /** Key of the labels that the expression yields. */
  sourceKey: string;
  /** Number of the evaluation that yielded it last. */
  seen = 0;
  /** Until when (Unix ms) it is not taken for over, since it comes from before a restart. */
  heldUntil = 0;
  acknowledgement: Acknowledgement | undefined;
  /** Series that tell of it, by metric and state. */
  readonly series = new Map<string, SeriesId>();

  constructor(labels: LabelSet, sourceKey: string) {
    this.labels = labels;
    this.sourceKey = sourceKey;
    this.fingerprint = fingerprintOf(labels);
  }

  get fires(): boolean {
    return this.status.state === 'firing' || this.status.state === 'recovering';
  }

  /** The alert as others see it. */
  toAlert(rule: Alert['rule'], receivers: readonly string[]): Alert {
    const { state, activeAt, firedAt, lastActiveAt, resolvedAt, flapping } = this.status;
    return {
      fingerprint: this.fingerprint,
      rule,
      labels: this.labels.toObject(),
      annotations: this.annotations,
      state,
      value: this.value,
      activeAt,
      firedAt,
      lastActiveAt,
      resolvedAt,
      flapping,
      receivers,
      ...(this.acknowledgement === undefined ? {} : { acknowledgement: this.acknowledgement }),
    };
  }

  /** Takes up what was known of the alert before a restart. */
  restore(alert: Alert, heldUntil: number): void {
    const { state, activeAt, firedAt, lastActiveAt, resolvedAt, flapping } = alert;
    const over = state === 'recovering' ? lastActiveAt : 0;
    const evaluatedAt = Math.max(lastActiveAt, activeAt, firedAt, resolvedAt);
    this.status = {
      ...NEVER_ACTIVE,
      state,
      activeAt,
      firedAt,
      lastActiveAt,
      resolvedAt,
      overSince: over,
      evaluatedAt,
      flapping,
    };
    this.annotations = alert.annotations;
    this.value = alert.value;
    this.heldUntil = heldUntil;
    this.acknowledgement = alert.acknowledgement;
  }
}

/**
 * Asks for room for one more entry of a rule. Where there are as many as there may be, the one that has
 * been inactive for longest and is not among `yielded` goes.
 * @returns whether there is room
 */
export function roomAmong(
  entries: Map<string, AlertEntry>,
  yielded: ReadonlyMap<string, unknown>,
  limit: number,
): () => boolean {
  let idle: string[] | undefined;
  return () => {
    if (entries.size < limit) return true;
    idle ??= [...entries]
      .filter(([key, { status }]) => status.state === 'inactive' && !yielded.has(key))
      // The last is the first to go.
      .sort(([, a], [, b]) => b.status.resolvedAt - a.status.resolvedAt)
      .map(([key]) => key);
    const forgotten = idle.pop();
    return forgotten !== undefined && entries.delete(forgotten);
  };
}
