const DAY = 86_400;

/** Days since 1970-01-01 of a civil date; months from 1. */
function daysOf(year: number, month: number, day: number): number {
  return (
    Math.floor(
      Date.UTC(2000 + ((((year - 2000) % 400) + 400) % 400), month - 1, day) / 86_400_000,
    ) +
    Math.floor((year - 2000) / 400) * 146_097
  );
}

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/**
 * The civil date (UTC, proleptic Gregorian) of a day number, for any that a float holds exactly:
 * JavaScript's own dates end after 275,760 years.
 */
function civilOf(days: number): Civil {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

// Prometheus reads what no 64-bit integer holds, NaN among it, as -2^63 seconds; its calendar
// begins later than that and wraps around to its last day.
const LAST = 2 ** 63;

function secondsOf(value: number): number {
  return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? Math.trunc(value) : LAST;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function onDay(compute: (date: Civil, days: number) => number): (seconds: number) => number {
  return (value) => {
    const days = Math.floor(secondsOf(value) / DAY);
    return compute(civilOf(days), days);
  };
}

/** Parts of the UTC date of a Unix time in seconds. */
export const DATES = {
  day_of_month: onDay(({ day }) => day),
  day_of_week: onDay((_, days) => modulo(days + 4, 7)),
  day_of_year: onDay(({ year }, days) => days - daysOf(year, 1, 1) + 1),
  days_in_month: onDay(({ year, month }) =>
    month === 12 ? 31 : daysOf(year, month + 1, 1) - daysOf(year, month, 1),
  ),
  hour: (value) => Math.floor(modulo(secondsOf(value), DAY) / 3600),
  minute: (value) => Math.floor(modulo(secondsOf(value), 3600) / 60),
  month: onDay(({ month }) => month),
  year: onDay(({ year }) => year),
} satisfies Record<string, (seconds: number) => number>;
