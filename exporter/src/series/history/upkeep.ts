import { messageOf } from '../../lib/errors.js';
import type { Logger } from '../../lib/logger.js';
import type { Sealing } from './sealing.js';
import { prune, TIERS, type Retention, type Tiers } from './tiers.js';

export interface UpkeepOptions {
  readonly tiers: Tiers;
  readonly hours: Sealing;
  readonly days: Sealing;
  readonly retention: Retention;
  /** Milliseconds between two writes of what waits. */
  readonly flushInterval: number;
  readonly logger: Logger;
}

/** How long after their end parts become blocks: what comes a little late is still in one. */
const CUT_DELAY = 120_000;
const MAINTENANCE = 10_000;

/** Writing, sealing and dropping: all that is done beside the ticks, one after the other. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #flushedAt = -Infinity;
  #maintainedAt = -Infinity;
  #flushing: Promise<void> | undefined;
  #maintaining: Promise<void> | undefined;
  /** What went wrong last, until it has gone well. */
  problem: string | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  /** Starts what is due. @param sealedUntil minutes before are sealed, Unix ms */
  tick(time: number, sealedUntil: number): void {
    const { flushInterval } = this.#options;
    if (Math.abs(time - this.#flushedAt) >= flushInterval && this.#flushing === undefined) {
      this.#flushedAt = time;
      void this.flush();
    }
    if (Math.abs(time - this.#maintainedAt) >= MAINTENANCE && this.#maintaining === undefined) {
      this.#maintainedAt = time;
      void this.maintain(time, sealedUntil);
    }
  }

  /** Drops what is too old at `time`, makes hours and days, and blocks; resolves when it is done. */
  maintain(time: number, sealedUntil: number): Promise<void> {
    const run = (): Promise<void> => this.#guard(() => this.#maintain(time, sealedUntil));
    // Begun at once where nothing is under way, and never two at a time.
    const started = this.#maintaining?.then(run) ?? run();
    const done: Promise<void> = started.finally(() => {
      if (this.#maintaining === done) this.#maintaining = undefined;
    });
    this.#maintaining = done;
    return done;
  }

  /** Resolves once all that was there before is on disk, or it is known that it cannot be. */
  flush(): Promise<void> {
    const run = (): Promise<void> =>
      this.#guard(async () => {
        for (const name of TIERS) await this.#options.tiers[name].flush();
        this.#recovered();
      });
    const started = this.#flushing?.then(run) ?? run();
    const done: Promise<void> = started.finally(() => {
      if (this.#flushing === done) this.#flushing = undefined;
    });
    this.#flushing = done;
    return done;
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    await this.#maintaining;
    await this.#flushing;
  }

  async #maintain(time: number, sealedUntil: number): Promise<void> {
    const { tiers, hours, days, retention } = this.#options;
    // First, since it is what makes room on a full disk.
    await prune(tiers, time, retention);
    await hours.run(sealedUntil);
    await days.run(hours.sealedUntil);
    const cutoff = time - CUT_DELAY;
    await tiers.raw.cut(cutoff);
    // Minutes stay in memory until hours have been made of them, hours until days have.
    await tiers.minute.cut(Math.min(cutoff, hours.sealedUntil));
    await tiers.hour.cut(Math.min(cutoff, days.sealedUntil));
    await tiers.day.cut(cutoff);
  }

  async #guard(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (thrown) {
      const problem = messageOf(thrown);
      if (this.problem === undefined) {
        this.#options.logger.error('history is not written; it is tried again', { problem });
      }
      this.problem = problem;
    }
  }

  #recovered(): void {
    if (this.problem === undefined) return;
    this.problem = undefined;
    this.#options.logger.info('history is written again');
  }
}
