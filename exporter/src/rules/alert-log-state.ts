import type { Alert } from './alert.js';
import {
  notificationKey,
  type LogRecord,
  type MirroredSilence,
  type Owed,
} from './alert-log-record.js';

/** What the records of the log add up to. */
export class AlertLogState {
  readonly #alerts = new Map<string, Alert>();
  readonly #owed = new Map<string, Owed>();
  readonly #silences = new Map<string, MirroredSilence>();

  apply(record: LogRecord): void {
    switch (record.type) {
      case 'transition':
        this.#transition(record);
        break;
      case 'acknowledged':
        this.#change(record.fingerprint, (alert) => ({
          ...alert,
          acknowledgement: record.acknowledgement,
        }));
        break;
      case 'unacknowledged':
        this.#change(record.fingerprint, withoutAcknowledgement);
        break;
      case 'delivered':
        for (const key of record.keys) this.#owed.delete(`${record.receiver}\n${key}`);
        break;
      case 'silenced':
        this.#silences.set(silenceKey(record.silence), record.silence);
        break;
      case 'unsilenced':
        this.#silences.delete(silenceKey(record));
        break;
      case 'alert':
        this.#alerts.set(record.alert.fingerprint, record.alert);
        break;
      case 'owed':
        this.#owe(record.owed);
        break;
    }
  }

  get(fingerprint: string): Alert | undefined {
    return this.#alerts.get(fingerprint);
  }

  get alerts(): Alert[] {
    return [...this.#alerts.values()];
  }

  get owed(): Owed[] {
    return [...this.#owed.values()];
  }

  get silences(): MirroredSilence[] {
    return [...this.#silences.values()];
  }

  /** Forgets alerts that were resolved before a time. */
  forgetResolved(before: number): void {
    for (const [fingerprint, { state, resolvedAt }] of this.#alerts) {
      if (state === 'inactive' && resolvedAt < before) this.#alerts.delete(fingerprint);
    }
  }

  /** Records that yield this state again. */
  records(): LogRecord[] {
    return [
      ...this.alerts.map((alert): LogRecord => ({ type: 'alert', alert })),
      ...this.owed.map((owed): LogRecord => ({ type: 'owed', owed })),
      ...this.silences.map((silence): LogRecord => ({ type: 'silenced', silence })),
    ];
  }

  #transition({ transition, receivers }: LogRecord & { readonly type: 'transition' }): void {
    const { alert, from, to } = transition;
    const { acknowledgement } = this.#alerts.get(alert.fingerprint) ?? {};
    // An acknowledgement is of one time that the alert fires.
    const ends = from === 'inactive' || to === 'inactive' || acknowledgement === undefined;
    const plain = withoutAcknowledgement(alert);
    if (to === 'inactive' && alert.resolvedAt === 0) this.#alerts.delete(alert.fingerprint);
    else this.#alerts.set(alert.fingerprint, ends ? plain : { ...plain, acknowledgement });
    for (const receiver of receivers) this.#owe({ receiver, alert: plain });
  }

  #owe(owed: Owed): void {
    this.#owed.set(`${owed.receiver}\n${notificationKey(owed.alert)}`, owed);
  }

  #change(fingerprint: string, change: (alert: Alert) => Alert): void {
    const alert = this.#alerts.get(fingerprint);
    // It may have resolved while the acknowledgement was on its way to the disk.
    if (alert !== undefined && alert.state !== 'inactive') {
      this.#alerts.set(fingerprint, change(alert));
    }
  }
}

function silenceKey({ receiver, fingerprint }: Omit<MirroredSilence, 'id'>): string {
  return `${receiver}\n${fingerprint}`;
}

function withoutAcknowledgement(alert: Alert): Alert {
  const { acknowledgement, ...plain } = alert;
  return acknowledgement === undefined ? alert : plain;
}
