import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import type { Acknowledgement, Alert } from '../alert.js';
import type { AlertLog } from '../alert-log.js';
import type { Alertmanager } from './alertmanager.js';
import { RejectedError } from './notifier.js';

/** Should this process end for good, its silences end after this time. */
const LEASE = 3_600_000;
const RETRY = 30_000;
const TIMEOUT = 10_000;

export interface SilenceMirrorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly alertmanagers: readonly Alertmanager[];
  readonly log: Pick<AlertLog, 'silences' | 'silenced' | 'unsilenced'>;
}

interface Wanted {
  readonly alert: Alert;
  readonly acknowledgement: Acknowledgement;
}

/**
 * Keeps a silence in each Alertmanager for each acknowledged alert, as long as the acknowledgement
 * lasts. It compares what should be with what is, so a failure or a restart is made up for.
 */
export class SilenceMirror {
  readonly #options: SilenceMirrorOptions;
  /** Ends of the silences that this process has made or prolonged, by Alertmanager and alert. */
  readonly #ends = new Map<string, number>();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #pausedUntil = 0;

  constructor(options: SilenceMirrorOptions) {
    this.#options = options;
  }

  /** Brings the silences in line; call it after each evaluation. `alerts` as of the alert log. */
  update(alerts: readonly Alert[]): void {
    const { clock } = this.#options;
    if (this.#running !== undefined || this.#stop.signal.aborted) return;
    if (clock.monotonic() < this.#pausedUntil) return;
    const steps = this.#steps(alerts);
    if (steps.length === 0) return;
    this.#running = this.#run(steps).finally(() => {
      this.#running = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #steps(alerts: readonly Alert[]): (() => Promise<void>)[] {
    const { alertmanagers, log, clock } = this.#options;
    const wanted = new Map<string, Wanted>();
    for (const alert of alerts) {
      const { acknowledgement, fingerprint, state } = alert;
      const over = acknowledgement?.until !== undefined && acknowledgement.until <= clock.now();
      if (acknowledgement === undefined || over || state === 'inactive') continue;
      wanted.set(fingerprint, { alert, acknowledgement });
    }
    return alertmanagers.flatMap((alertmanager) => {
      const present = log.silences.filter(({ receiver }) => receiver === alertmanager.name);
      const ids = new Map(present.map(({ fingerprint, id }) => [fingerprint, id]));
      const ended = present.filter(({ fingerprint }) => !wanted.has(fingerprint));
      return [
        ...ended.map((silence) => () => this.#end(alertmanager, silence)),
        ...[...wanted.values()]
          .filter(({ alert }) => this.#isDue(alertmanager, alert.fingerprint))
          .map((one) => () => this.#make(alertmanager, one, ids.get(one.alert.fingerprint))),
      ];
    });
  }

  #isDue({ name }: Alertmanager, fingerprint: string): boolean {
    const end = this.#ends.get(`${name}\n${fingerprint}`);
    return end === undefined || end - this.#options.clock.now() < LEASE / 2;
  }

  async #run(steps: readonly (() => Promise<void>)[]): Promise<void> {
    const { clock, logger } = this.#options;
    for (const step of steps) {
      try {
        await step();
      } catch (thrown) {
        if (this.#stop.signal.aborted) return;
        logger.warn('a silence cannot be mirrored; trying again', { error: thrown });
        this.#pausedUntil = clock.monotonic() + RETRY;
      }
    }
  }

  async #make(
    alertmanager: Alertmanager,
    { alert, acknowledgement }: Wanted,
    id: string | undefined,
  ): Promise<void> {
    const { clock, log } = this.#options;
    const { by, comment, until } = acknowledgement;
    const endsAt = until ?? clock.now() + LEASE;
    const request = {
      labels: alert.labels,
      startsAt: clock.now(),
      endsAt,
      createdBy: by,
      comment: comment === '' ? 'acknowledged' : comment,
    };
    const send = (more: { id?: string }): Promise<string> =>
      this.#timed((signal) => alertmanager.silence({ ...request, ...more }, signal));
    // The Alertmanager may have forgotten one of before.
    const made = id === undefined ? await send({}) : await send({ id }).catch(() => send({}));
    // An end that was set is not prolonged.
    const known = until === undefined ? endsAt : Infinity;
    this.#ends.set(`${alertmanager.name}\n${alert.fingerprint}`, known);
    log.silenced({ fingerprint: alert.fingerprint, receiver: alertmanager.name, id: made });
  }

  async #end(
    alertmanager: Alertmanager,
    { fingerprint, id }: { readonly fingerprint: string; readonly id: string },
  ): Promise<void> {
    try {
      await this.#timed((signal) => alertmanager.expireSilence(id, signal));
    } catch (thrown) {
      if (!(thrown instanceof RejectedError) && !isGone(thrown)) throw thrown;
    }
    this.#ends.delete(`${alertmanager.name}\n${fingerprint}`);
    this.#options.log.unsilenced({ fingerprint, receiver: alertmanager.name });
  }

  async #timed<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    const timer = clock.schedule(stop, TIMEOUT);
    this.#stop.signal.addEventListener('abort', stop);
    try {
      return await send(abort.signal);
    } finally {
      clock.cancel(timer);
      this.#stop.signal.removeEventListener('abort', stop);
    }
  }
}

/** Alertmanager 0.25 answers 500 for a silence that has expired already. */
function isGone(thrown: unknown): boolean {
  return thrown instanceof Error && /answered 404|already expired|not found/.test(thrown.message);
}
