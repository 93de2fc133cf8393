import type { DirectoryLock } from '../../lib/journal/directory-lock.js';
import type { Logger } from '../../lib/logger.js';
import type { Head } from '../head.js';
import type { LabelSet } from '../labels.js';
import type { SeriesReader } from '../reader.js';
import type { Bucket } from './bucket.js';
import { tidyBuckets } from './bucket-codec.js';
import { Calendar, type Resolution } from './calendar.js';
import { Catalog, labelsOfKey, type SeriesRef } from './catalog.js';
import { takeDirectory } from './directory.js';
import type { ExcerptOptions, HistoryDoor, HistoryExcerpt, HistoryRequest } from './door.js';
import { takeExcerpt } from './excerpt.js';
import { HistoryImport } from './importing.js';
import { rawCodec, type RawSample } from './raw-codec.js';
import { recoverStandings } from './recovery.js';
import { RawIntake } from './raw-intake.js';
import { replay } from './replay.js';
import { Rollups } from './rollups.js';
import { Sealing } from './sealing.js';
import { bytesOf, openTiers, TIERS, type TierName, type Tiers } from './tiers.js';
import { Upkeep } from './upkeep.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/**
 * Of the flush interval, until a series is visited, and then until that is written, where the writing
 * before has not ended; else it is written at once.
 */
const VISIT_SHARE = 0.8;
const FLUSH_SHARE = 0.2;

/** Times are in milliseconds, sizes in bytes. */
export interface HistoryOptions {
  readonly reader: SeriesReader;
  readonly logger: Logger;
  /** Wall time, Unix ms: what the headers of files say. */
  readonly now: () => number;
  /** How long samples are kept; 24 h by default. */
  readonly raw?: number;
  /** How long minutes are kept; 24 h by default. */
  readonly minute?: number;
  /** How long hours are kept; 30 d by default. */
  readonly hour?: number;
  /** How long days are kept; 365 d by default. */
  readonly day?: number;
  /** Bound of all files; 1 GiB by default. The oldest go first: samples, then minutes, hours, days. */
  readonly size?: number;
  /** What a crash may lose at most; 5 s by default. */
  readonly flush?: number;
  /** Where days begin, a name of the IANA database; `UTC` by default. */
  readonly timeZone?: string;
  /** Bytes of a tier in memory from which a block is written before its time; 32 MiB by default. */
  readonly partBytes?: number;
}

export interface HistoryStats {
  /** Of all files. */
  readonly bytes: number;
  /** In memory until they become blocks. */
  readonly pendingBytes: number;
  /** Samples and buckets that were not kept since the start, because the disk took nothing for long. */
  readonly dropped: number;
  /** What goes wrong with writing; `undefined` where all is well. */
  readonly problem: string | undefined;
}

interface Parts {
  readonly lock: DirectoryLock;
  readonly logger: Logger;
  readonly catalog: Catalog;
  readonly calendar: Calendar;
  readonly tiers: Tiers;
  readonly rollups: Rollups;
  readonly hours: Sealing;
  readonly days: Sealing;
  readonly upkeep: Upkeep;
}

/**
 * What has left the head, or will: samples and buckets of minutes, hours and days, on disk. All of it is
 * done between the ticks, in slices.
 */
export class History implements HistoryDoor {
  readonly #parts: Parts;
  readonly #rollups: Rollups;
  readonly #tiers: Tiers;
  #time = -Infinity;
  #headSince = Infinity;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#rollups = parts.rollups;
    this.#tiers = parts.tiers;
  }

  /**
   * Opens the store in a directory, which is made where it is missing, and goes on where it ended.
   * @throws KymoError `directory_locked`, `directory_unusable`; `history_newer`, and then nothing is
   *   changed; `bad_time_zone`
   */
  static async open(directory: string, options: HistoryOptions): Promise<History> {
    const { raw = DAY, minute = DAY, hour = 30 * DAY, day = 365 * DAY, size = 2 ** 30 } = options;
    const { reader, logger, now, flush = 5000, partBytes = 32 * 2 ** 20 } = options;
    const calendar = new Calendar(options.timeZone);
    const catalog = new Catalog();
    const lock = takeDirectory(directory);
    try {
      const tiers = await openTiers(directory, {
        catalog,
        logger,
        partBytes,
        now,
        beforeRawBlock: () => rollups.holdLogged(),
      });
      const intake = new RawIntake(tiers.raw);
      const ofHours = { finer: tiers.minute, coarser: tiers.hour, catalog, calendar };
      const ofDays = { finer: tiers.hour, coarser: tiers.day, catalog, calendar };
      const hours = await Sealing.resume('hour', ofHours);
      const days = await Sealing.resume('day', ofDays);
      const onBuckets = (ref: SeriesRef, buckets: readonly Bucket[]): void => {
        tiers.minute.add(ref, buckets);
        for (const bucket of buckets) {
          hours.begin(bucket.start);
          days.begin(bucket.start);
          hours.correct(ref, bucket);
          days.correct(ref, bucket);
        }
      };
      const standings = await recoverStandings({ ...tiers, catalog }, onBuckets);
      const rollups = new Rollups({
        reader,
        catalog,
        rawInterval: VISIT_SHARE * flush,
        standing: (key) => {
          const standing = standings.get(key);
          standings.delete(key);
          return standing;
        },
        onBuckets,
        onSamples: (ref, way, samples) => intake.put(ref, way, samples),
      });
      const retention = { raw, minute, hour, day, size };
      const upkeep = new Upkeep({
        tiers,
        hours,
        days,
        retention,
        flushInterval: FLUSH_SHARE * flush,
        logger,
      });
      return new History({ lock, logger, catalog, calendar, tiers, rollups, hours, days, upkeep });
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
  }

  /**
   * Writes samples from `from` on (Unix ms) into a head before its first tick, so that a restart
   * leaves no hole but the time between. What takes over a series is not hindered. Progress is logged.
   * @returns samples written
   */
  replayInto(head: Head, from: number): Promise<number> {
    this.#headSince = from;
    return replay(this.#tiers.raw, { head, from, logger: this.#parts.logger });
  }

  /** For samples from elsewhere, while no tick is called. */
  import(): HistoryImport {
    return new HistoryImport(this.#parts);
  }

  /**
   * To be called in each tick, after its samples were committed and before the head ends it: then,
   * where the clock was set, nothing leaves the head unread.
   * @param time of the tick, Unix ms
   */
  tick(time: number): void {
    this.#time = time;
    if (this.#headSince === Infinity) this.#headSince = time;
    const { upkeep } = this.#parts;
    this.#rollups.tick(time, () => upkeep.tick(time, this.#rollups.sealedUntil));
  }

  /**
   * The buckets of a series that begin at `from` or later and before `to` (Unix ms), in order; the
   * last may be of a time that is not over. Those without any value are left out.
   */
  async buckets(
    labels: LabelSet,
    resolution: Resolution,
    from: number,
    to: number,
  ): Promise<Bucket[]> {
    const found = await this.#read(labels.key, resolution, { from, to });
    return found.filter(({ count, start }) => count > 0 && start >= from && start < to);
  }

  /** The kept samples of a series with `from <= time < to` (Unix ms), in order. */
  async samples(labels: LabelSet, from: number, to: number): Promise<RawSample[]> {
    const reading = this.#tiers.raw.read(labels.key, from, to);
    const tail = this.#rollups.tail(labels.key, from, to);
    return rawCodec.tidy([...(await reading), ...tail]);
  }

  get headSince(): number {
    return this.#headSince;
  }

  get samplesSince(): number {
    return this.#tiers.raw.oldest;
  }

  excerpt(request: HistoryRequest, options: ExcerptOptions): Promise<HistoryExcerpt> {
    return takeExcerpt(this.#parts, request, options);
  }

  /** The series that are kept for a range of time (Unix ms). A few more may be named. */
  async series(tier: TierName, from: number, to: number): Promise<LabelSet[]> {
    return Array.from(await this.#tiers[tier].keys(from, to), labelsOfKey);
  }

  stats(): HistoryStats {
    const sum = (of: (name: TierName) => number): number =>
      TIERS.reduce((total, name) => total + of(name), 0);
    return {
      bytes: bytesOf(this.#tiers),
      pendingBytes: sum((name) => this.#tiers[name].pendingBytes),
      dropped: sum((name) => this.#tiers[name].dropped),
      problem: this.#parts.upkeep.problem,
    };
  }

  /** Writes what waits now, instead of at its time. */
  flush(): Promise<void> {
    this.#rollups.catchUp();
    return this.#parts.upkeep.flush();
  }

  /** Resolves once what ticks have started is done. */
  async idle(): Promise<void> {
    await this.#rollups.idle();
    await this.#parts.upkeep.idle();
  }

  /** Writes what is left and gives the directory free. It must not be used afterwards. */
  async close(): Promise<void> {
    const { upkeep, lock } = this.#parts;
    if (this.#time > -Infinity) this.#rollups.finish(this.#time);
    await upkeep.idle();
    await upkeep.flush();
    for (const name of TIERS) await this.#tiers[name].close();
    lock.release();
  }

  /**
   * Buckets of a resolution: those that are sealed, and those made of finer ones where that is not yet
   * done. Whatever is in memory is taken before anything is waited for, so that nothing is seen twice.
   */
  async #read(
    key: string,
    resolution: Resolution,
    range: { from: number; to: number },
  ): Promise<Bucket[]> {
    const { from, to } = range;
    if (resolution === 'minute') {
      const sealed = this.#tiers.minute.read(key, from, to);
      const live = this.#rollups.live(key);
      return tidyBuckets([...(await sealed), ...live]);
    }
    const { calendar, hours, days } = this.#parts;
    const [finer, sealing] =
      resolution === 'hour' ? (['minute', hours] as const) : (['hour', days] as const);
    const reading = this.#tiers[resolution].read(key, from, to);
    const unsealed = calendar.startOf(resolution, Math.min(sealing.sealedUntil, to));
    const parts = await this.#read(key, finer, { from: Math.max(from, unsealed), to });
    const sealed = await reading;
    const starts = new Set(sealed.map(({ start }) => start));
    const open = parts
      .map((part) => ({ ...part, start: calendar.startOf(resolution, part.start) }))
      .filter(({ start }) => !starts.has(start));
    return tidyBuckets([...sealed, ...open]);
  }
}
