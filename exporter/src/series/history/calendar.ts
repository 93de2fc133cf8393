import { KymoError } from '../../lib/errors.js';

export type Resolution = 'minute' | 'hour' | 'day';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * When buckets begin. Days are those of a time zone, 23 or 25 hours long where its clocks change; hours
 * begin where its days can (in Asia/Kolkata at half past the hour of UTC).
 */
export class Calendar {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #hourShift: number;
  #day = { start: NaN, end: NaN };

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

  #dayOf(time: number): { start: number; end: number } {
    if (time >= this.#day.start && time < this.#day.end) return this.#day;
    const local = time + this.#offset(time);
    const midnight = local - mod(local, DAY);
    this.#day = { start: this.#instantOf(midnight), end: this.#instantOf(midnight + DAY) };
    return this.#day;
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
