import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import type { Labels } from '../../series/labels.js';
import type { Alert, Transition } from '../alert.js';
import type { AlertLog } from '../alert-log.js';
import { Delivery, type DeliveryOptions, type DeliveryStats } from './delivery.js';
import type { Notice, Notifier } from './notifier.js';

/** As Prometheus: so long a resolved alert is told again, also at the end of that time. */
const RESOLVED_REPEATED = 15 * 60_000;

export interface NotificationsOptions extends Omit<DeliveryOptions, 'onSettled'> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly notifiers: readonly Notifier[];
  /** Where transitions are kept and what receivers have still to be told; memory only by default. */
  readonly log?: Pick<AlertLog, 'append' | 'delivered' | 'owed'>;
  /** Milliseconds after which an alert is sent to Alertmanagers again; 1 min by default. */
  readonly resendDelay?: number;
  /** Milliseconds between evaluations of an alert's rule; 0, which counts for nothing, by default. */
  readonly intervalOf?: (alert: Alert) => number;
  /** Where people see the expression of an alert's rule; nowhere by default. */
  readonly generatorUrl?: (alert: Alert) => string;
  /** Where people find this exporter; nowhere by default. */
  readonly externalUrl?: string;
  /** Added to the labels of alerts that do not have them. */
  readonly externalLabels?: Labels;
}

/**
 * Tells receivers what becomes of alerts: each change once it is on disk, at least once and in order;
 * and to those that repeat, the state again and again. A receiver that is slow or away holds up no
 * other.
 */
export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #deliveries: readonly Delivery[];
  /** When an alert's state was last sent to those that repeat, by fingerprint. */
  readonly #sentAt = new Map<string, number>();
  readonly #unknown = new Set<string>();

  constructor(options: NotificationsOptions) {
    this.#options = options;
    const { notifiers, log } = options;
    this.#deliveries = notifiers.map(
      (notifier) =>
        new Delivery(notifier, {
          ...options,
          onSettled: (notices) =>
            log?.delivered(
              notifier.name,
              notices.map(({ alert }) => alert),
            ),
        }),
    );
  }

  get stats(): DeliveryStats[] {
    return this.#deliveries.map(({ stats }) => stats);
  }

  /** Goes on with what receivers had not taken when the process ended. Call it once, at the start. */
  resume(): void {
    for (const { receiver, alert } of this.#options.log?.owed ?? []) {
      const delivery = this.#deliveries.find(({ notifier }) => notifier.name === receiver);
      if (delivery === undefined) this.#options.log?.delivered(receiver, [alert]);
      else delivery.push(this.#notice(alert));
    }
  }

  /** Takes a change of an alert; receivers are told once it is on disk. It does not reject. */
  async transition(transition: Transition): Promise<void> {
    const { alert, from, to, time } = transition;
    const begins = to === 'firing' && from !== 'recovering';
    const ends = to === 'inactive' && from !== 'pending';
    if (begins || ends) this.#sentAt.set(alert.fingerprint, time);
    const concerned = begins || ends ? this.#concerned(alert) : [];
    const names = concerned.map(({ notifier }) => notifier.name);
    await this.#options.log?.append(transition, names);
    for (const delivery of concerned) delivery.push(this.#notice(alert));
  }

  /**
   * Sends again what is due; call it after each evaluation.
   * @param now Unix milliseconds of the evaluation
   * @param alerts of the rules that were evaluated: those that fire, and those resolved within the
   *   last 15 minutes
   */
  evaluated(now: number, alerts: readonly Alert[]): void {
    const repeating = this.#deliveries.filter(({ notifier }) => notifier.repeats);
    for (const alert of alerts) {
      if (alert.state === 'pending' || alert.firedAt === 0) continue;
      if (alert.state === 'inactive' && now - alert.resolvedAt > RESOLVED_REPEATED) continue;
      if (!this.#isDue(alert, now)) continue;
      this.#sentAt.set(alert.fingerprint, now);
      for (const delivery of repeating) delivery.push(this.#notice(alert));
    }
    // What was sent longer ago is due whenever it comes again.
    const known = Math.max(RESOLVED_REPEATED, this.#resendDelay);
    for (const [fingerprint, sentAt] of this.#sentAt) {
      if (now - sentAt > known) this.#sentAt.delete(fingerprint);
    }
  }

  /** Ends sending. What is not sent stays in the log. */
  async stop(): Promise<void> {
    await Promise.all(this.#deliveries.map((delivery) => delivery.stop()));
  }

  #isDue({ fingerprint }: Alert, now: number): boolean {
    const last = this.#sentAt.get(fingerprint);
    // Also where the clock was set back behind the last time.
    return last === undefined || now > last + this.#resendDelay || now < last;
  }

  get #resendDelay(): number {
    return this.#options.resendDelay ?? 60_000;
  }

  #concerned(alert: Alert): Delivery[] {
    const status = statusOf(alert);
    for (const name of alert.receivers) {
      const known = this.#deliveries.some(({ notifier }) => notifier.name === name);
      if (known || this.#unknown.has(name)) continue;
      this.#unknown.add(name);
      const { name: rule, file } = alert.rule;
      const fields = { receiver: name, rule, file };
      this.#options.logger.error('a rule names a receiver that there is not', fields);
    }
    return this.#deliveries.filter(({ notifier }) => notifier.accepts(alert, status));
  }

  #notice(alert: Alert): Notice {
    const { intervalOf, generatorUrl, externalUrl = '', externalLabels } = this.#options;
    return {
      alert,
      status: statusOf(alert),
      labels: { ...externalLabels, ...alert.labels },
      startsAt: alert.firedAt,
      endsAt: alert.state === 'inactive' ? alert.resolvedAt : 0,
      validFor: 4 * Math.max(this.#resendDelay, intervalOf?.(alert) ?? 0),
      generatorUrl: generatorUrl?.(alert) ?? '',
      externalUrl,
    };
  }
}

function statusOf({ state }: Alert): Notice['status'] {
  return state === 'inactive' ? 'resolved' : 'firing';
}
