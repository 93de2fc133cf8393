/** Larger numbers are milliseconds: as seconds they would lie after the year 5000. */
const MOST_SECONDS = 95_617_584_000;
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*([Zz]|[+-]\d\d:?\d\d)?$/;

/**
 * Unix milliseconds of Unix seconds, Unix milliseconds or RFC 3339; UTC where no zone is told.
 * @returns undefined for what is none of them
 */
export function parseTime(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    const time = Math.round(number > MOST_SECONDS ? number : number * 1000);
    return time > 0 && time <= MOST_SECONDS * 1000 ? time : undefined;
  }
  const match = DATE_TIME.exec(text) as readonly (string | undefined)[] | null;
  if (match === null) return undefined;
  const [, date, clock, zone = 'Z'] = match;
  const time = Date.parse(`${date}T${clock}${zone.toUpperCase()}`);
  return time > 0 ? time : undefined;
}
