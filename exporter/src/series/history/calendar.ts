import { KymoError } from '../../lib/errors.js';

export type Resolution = 'minute' | 'hour' | 'day';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KEPT_DAYS = 1000;

/** Unix ms; the end belongs to the next. */
interface Day {
  readonly start: number;
  readonly end: number;
}

/**
 * When buckets begin. Days are those of a time zone, 23 or 25 hours long where its clocks change; hours
 * begin where its days can (in Asia/Kolkata at half past the hour of UTC).
 */
export class Calendar {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #hourShift: number;
  #day: Day = { start: NaN, end: NaN };
  /** By the day of UTC in which they were asked for: asking the time zone is slow. */
  readonly #days = new Map<number, readonly Day[]>();

  /** @param timeZone of the IANA database. @throws KymoError `bad_time_zone` */
  constructor(timeZone = 'UTC') {
    this.timeZone = timeZone;
    try {
      this.#format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
        timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch (cause) {
      throw new KymoError(
        'bad_time_zone',
        `${timeZone} is not a time zone; give one of the IANA database, such as Europe/Berlin`,
        { cause },
      );
    }
    // A fixed instant: hours of a store must stay where they are.
    this.#hourShift = mod(this.#offset(Date.UTC(2020, 0, 1)), HOUR);
  }

  /** The start of the bucket that holds `time`; both in Unix ms. */
  startOf(resolution: Resolution, time: number): number {
    if (resolution === 'minute') return time - mod(time, MINUTE);
    if (resolution === 'hour') return time - mod(time + this.#hourShift, HOUR);
    return this.#dayOf(time).start;
  }

  /** The start of the bucket after the one that holds `time`. */
  nextAfter(resolution: Resolution, time: number): number {
    if (resolution === 'minute') return this.startOf('minute', time) + MINUTE;
    if (resolution === 'hour') return this.startOf('hour', time) + HOUR;
    return this.#dayOf(time).end;
  }

  #dayOf(time: number): Day {
    const holds = ({ start, end }: Day): boolean => time >= start && time < end;
    if (holds(this.#day)) return this.#day;
    const utcDay = Math.floor(time / DAY);
    const near = this.#days.get(utcDay) ?? [];
    const known = near.find(holds);
    this.#day = known ?? this.#foundDay(time);
    if (known === undefined) {
      if (this.#days.size >= KEPT_DAYS) this.#days.clear();
      this.#days.set(utcDay, [...near, this.#day]);
    }
    return this.#day;
  }

  #foundDay(time: number): Day {
    const local = time + this.#offset(time);
    const midnight = local - mod(local, DAY);
    return { start: this.#instantOf(midnight), end: this.#instantOf(midnight + DAY) };
  }

  /** The first instant at which clocks of the zone show `local` or later. */
  #instantOf(local: number): number {
    let low = local - DAY;
    let high = local + DAY;
    // Minutes are whole in all zones since 1972; offsets before may have seconds.
    while (high - low > 1000) {
      const middle = low + Math.floor((high - low) / 2000) * 1000;
      if (middle + this.#offset(middle) >= local) high = middle;
      else low = middle;
    }
    return high;
  }

  /** What local time is ahead of UTC, in milliseconds. */
  #offset(time: number): number {
    const second = time - mod(time, 1000);
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(second)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
  }
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
