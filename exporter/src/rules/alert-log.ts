import type { Clock } from '../lib/clock.js';
import { KymoError } from '../lib/errors.js';
import { Journal } from '../lib/journal/journal.js';
import type { Logger } from '../lib/logger.js';
import type { Acknowledgement, Alert, Transition } from './alert.js';
import {
  decodeLogRecord,
  encodeLogRecord,
  notificationKey,
  type AlertEvent,
  type LogRecord,
  type MirroredSilence,
  type Owed,
} from './alert-log-record.js';
import { AlertLogState } from './alert-log-state.js';

const DAY = 86_400_000;
/** How long a resolved alert is remembered: for its cooldown, and to be told to receivers again. */
const RESOLVED_KEPT = DAY;
/** Bytes from which the log is condensed into a snapshot. */
const SNAPSHOT_BYTES = 2 ** 20;
/** A clock that was set back puts records into a segment that began later than they did. */
const CLOCK_SLACK = 3_600_000;
const MAX_COMMENT = 4096;
const MAX_NAME = 256;

export interface AlertLogOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds that past transitions are kept; 30 days by default. */
  readonly keep?: number;
  /** Bound of the log on disk; 64 MiB by default. The oldest transitions go first. */
  readonly maxBytes?: number;
}

export interface HistoryQuery {
  /** Unix milliseconds, both ends included; everything by default. */
  readonly start?: number;
  readonly end?: number;
  readonly fingerprint?: string;
  /** Most events that are answered, the newest first; 1000 by default. */
  readonly limit?: number;
}

/**
 * Alerts on disk: what they are, who has acknowledged them, what receivers have still to be told, and
 * what became of them in the past.
 */
export class AlertLog {
  readonly #journal: Journal;
  readonly #state: AlertLogState;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #condensing = false;
  /** Records that the state takes over once they are on disk. */
  #underway = 0;
  #failing = false;

  private constructor(journal: Journal, state: AlertLogState, { clock, logger }: AlertLogOptions) {
    this.#journal = journal;
    this.#state = state;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Opens the log in a directory of its own, and reads the state as it was when the process ended,
   * however it ended.
   * @throws KymoError `directory_locked`, `journal_newer`
   */
  static async open(directory: string, options: AlertLogOptions): Promise<AlertLog> {
    const { clock, logger, keep = 30 * DAY, maxBytes } = options;
    const state = new AlertLogState();
    const journal = await Journal.open({
      directory,
      clock,
      logger,
      keep,
      segmentBytes: 2 ** 20,
      ...(maxBytes === undefined ? {} : { maxBytes }),
      restore: (record) => {
        try {
          state.apply(decodeLogRecord(record));
        } catch (thrown) {
          logger.error('a record of the alert log is passed over', { directory, error: thrown });
        }
      },
    });
    state.forgetResolved(clock.now() - RESOLVED_KEPT);
    return new AlertLog(journal, state, options);
  }

  /** Every alert that is not inactive, and those that were resolved within the last day. */
  get alerts(): readonly Alert[] {
    return this.#state.alerts.map((alert) => this.#current(alert));
  }

  /** Notifications that receivers have not taken yet, the oldest first. */
  get owed(): readonly Owed[] {
    return this.#state.owed;
  }

  get silences(): readonly MirroredSilence[] {
    return this.#state.silences;
  }

  /** The acknowledgement of an alert; `undefined` where there is none or it has ended. */
  acknowledgementOf(fingerprint: string): Acknowledgement | undefined {
    const alert = this.#state.get(fingerprint);
    return alert === undefined ? undefined : this.#current(alert).acknowledgement;
  }

  /**
   * Keeps a transition, and that `receivers` are to be told of it. Resolves once it is on disk, so
   * that what receivers were told is never forgotten. It does not reject: where the disk fails, that
   * is logged and alerts go on from memory.
   */
  async append(transition: Transition, receivers: readonly string[] = []): Promise<void> {
    const { time } = transition;
    const record: LogRecord = { type: 'transition', time, transition, receivers };
    this.#state.apply(record);
    try {
      await this.#journal.append(encodeLogRecord(record), { durable: true });
      this.#failing = false;
    } catch (thrown) {
      this.#complain(thrown);
    }
    // Not waited for: who waits for this record must not be overtaken by who waits for the next.
    void this.#condense();
  }

  /**
   * Acknowledges an alert; on disk when it resolves.
   * @throws KymoError `alert_not_found`, `bad_acknowledgement`, `journal_write_failed`
   */
  async acknowledge(fingerprint: string, acknowledgement: Acknowledgement): Promise<Alert> {
    this.#active(fingerprint);
    this.#check(acknowledgement);
    const { time } = acknowledgement;
    const record: LogRecord = { type: 'acknowledged', time, fingerprint, acknowledgement };
    await this.#keep(record);
    return this.#active(fingerprint);
  }

  /**
   * Takes an acknowledgement back; on disk when it resolves.
   * @throws KymoError `alert_not_found`, `journal_write_failed`
   */
  async unacknowledge(fingerprint: string, by: string): Promise<Alert> {
    this.#active(fingerprint);
    const record: LogRecord = { type: 'unacknowledged', time: this.#clock.now(), fingerprint, by };
    await this.#keep(record);
    return this.#active(fingerprint);
  }

  /** Notes that a receiver has taken notifications, or never will. */
  delivered(receiver: string, alerts: readonly Alert[]): void {
    this.#note({ type: 'delivered', receiver, keys: alerts.map(notificationKey) });
  }

  silenced(silence: MirroredSilence): void {
    this.#note({ type: 'silenced', silence });
  }

  unsilenced({ fingerprint, receiver }: Omit<MirroredSilence, 'id'>): void {
    this.#note({ type: 'unsilenced', fingerprint, receiver });
  }

  /** Past transitions and acknowledgements, the newest first. */
  async history(query: HistoryQuery = {}): Promise<AlertEvent[]> {
    const { start = -Infinity, limit = 1000 } = query;
    const segments = [...this.#journal.segments()].reverse();
    const events: AlertEvent[] = [];
    let end: number | undefined;
    for (const { number, created } of segments) {
      // What is older than the next segment cannot have come after its beginning.
      if (end !== undefined && end < start - CLOCK_SLACK) break;
      const records = await this.#journal.readSegment(number);
      for (const record of records.reverse()) {
        const event = eventOf(record);
        if (event !== undefined && matches(event, query)) events.push(event);
        if (events.length >= limit) return events;
      }
      end = created;
    }
    return events;
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    await this.#journal.close().catch((thrown: unknown) => this.#complain(thrown));
  }

  #current(alert: Alert): Alert {
    const { acknowledgement, ...plain } = alert;
    const until = acknowledgement?.until;
    return until !== undefined && until <= this.#clock.now() ? plain : alert;
  }

  #active(fingerprint: string): Alert {
    const alert = this.#state.get(fingerprint);
    if (alert !== undefined && alert.state !== 'inactive') return this.#current(alert);
    throw new KymoError(
      'alert_not_found',
      `there is no active alert ${fingerprint}; /api/alerts lists them`,
    );
  }

  #check({ by, comment, until }: Acknowledgement): void {
    const refuse = (message: string): never => {
      throw new KymoError('bad_acknowledgement', message);
    };
    if (by.trim() === '') refuse('"by" is empty; say who acknowledges');
    if (by.length > MAX_NAME) refuse(`"by" is longer than ${MAX_NAME} characters`);
    if (comment.length > MAX_COMMENT) {
      refuse(`"comment" is longer than ${MAX_COMMENT} characters; shorten it`);
    }
    if (until !== undefined && !(until > this.#clock.now())) {
      refuse('"until" is not in the future; give a later time, or none for until it resolves');
    }
  }

  async #keep(record: LogRecord): Promise<void> {
    this.#underway++;
    try {
      await this.#journal.append(encodeLogRecord(record), { durable: true });
      this.#state.apply(record);
    } finally {
      this.#underway--;
    }
  }

  #note(record: LogRecord): void {
    this.#state.apply(record);
    try {
      this.#journal.append(encodeLogRecord(record));
    } catch (thrown) {
      this.#complain(thrown);
    }
  }

  #complain(thrown: unknown): void {
    if (!this.#failing) this.#logger.error('alerts are not kept on disk', { error: thrown });
    this.#failing = true;
  }

  async #condense(): Promise<void> {
    // A snapshot without what is under way would stand for it all the same.
    if (this.#condensing || this.#underway > 0) return;
    if (this.#journal.uncoveredBytes < SNAPSHOT_BYTES) return;
    this.#condensing = true;
    try {
      this.#state.forgetResolved(this.#clock.now() - RESOLVED_KEPT);
      await this.#journal.snapshot(this.#state.records().map(encodeLogRecord));
    } catch (thrown) {
      this.#complain(thrown);
    } finally {
      this.#condensing = false;
    }
  }
}

function eventOf(record: Buffer): AlertEvent | undefined {
  try {
    const decoded = decodeLogRecord(record);
    switch (decoded.type) {
      case 'transition': {
        const { type, time, transition } = decoded;
        return { type, time, transition };
      }
      case 'acknowledged':
      case 'unacknowledged':
        return decoded;
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function matches(event: AlertEvent, query: HistoryQuery): boolean {
  const { start = -Infinity, end = Infinity, fingerprint } = query;
  const of = event.type === 'transition' ? event.transition.alert.fingerprint : event.fingerprint;
  return (
    event.time >= start && event.time <= end && (fingerprint === undefined || of === fingerprint)
  );
}
