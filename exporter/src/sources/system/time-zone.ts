import { readFileSync } from 'node:fs';
import path from 'node:path';

const SECONDS_PER_MINUTE = 60;
const HEADER = 44;

export interface TimeZoneFiles {
  /** The environment variable TZ, which goes before `localTime`. */
  readonly name?: string;
  readonly localTime?: string;
  readonly zones?: string;
}

/**
 * The abbreviation of this process's time zone (`CET`, `CEST`), which `Intl` knows for few places only.
 * It is in the zone's file, RFC 9636 (TZif).
 */
export class TimeZone {
  readonly #files: TimeZoneFiles;
  readonly #abbreviations = new Map<number, string>();

  constructor(files: TimeZoneFiles = {}) {
    this.#files = { name: process.env['TZ'], ...files };
  }

  /** @param minutes what the zone adds to UTC at the moment */
  abbreviation(minutes: number): string {
    let abbreviation = this.#abbreviations.get(minutes);
    if (abbreviation === undefined) {
      abbreviation = this.#find(minutes);
      this.#abbreviations.set(minutes, abbreviation);
    }
    return abbreviation;
  }

  #find(minutes: number): string {
    const { name, localTime = '/etc/localtime', zones = '/usr/share/zoneinfo' } = this.#files;
    if (name === '') return 'UTC';
    const file =
      name === undefined
        ? localTime
        : path.resolve(zones, name.startsWith(':') ? name.slice(1) : name);
    try {
      const found = abbreviationIn(readFileSync(file), minutes * SECONDS_PER_MINUTE);
      if (found !== undefined) return found;
    } catch {
      // No such file, or not one of a time zone.
    }
    return minutes === 0 ? 'UTC' : numericAbbreviation(minutes);
  }
}

/** As the zone database writes zones without a name of their own: `+03`, `-0330`. */
function numericAbbreviation(minutes: number): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const distance = Math.abs(minutes);
  const rest = distance % 60 === 0 ? '' : twoDigits(distance % 60);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(distance / 60))}${rest}`;
}

/** The newest abbreviation that stands for `seconds` east of UTC. */
function abbreviationIn(file: Buffer, seconds: number): string | undefined {
  let at = 0;
  let timeSize = 4;
  let counts = readCounts(file, at);
  if (file[4] >= 0x32) {
    // From version 2 on the data is there a second time with longer times, and a rule behind.
    at += HEADER + dataLength(counts, timeSize);
    timeSize = 8;
    counts = readCounts(file, at);
    const rule = file.toString('latin1', at + HEADER + dataLength(counts, timeSize)).trim();
    const found = abbreviationInRule(rule, seconds);
    if (found !== undefined) return found;
  }
  const indexes = at + HEADER + counts.times * timeSize;
  const types = indexes + counts.times;
  const names = types + counts.types * 6;
  for (let i = counts.times + counts.types - 1; i >= 0; i--) {
    const type = i >= counts.types ? file[indexes + i - counts.types] : i;
    if (file.readInt32BE(types + type * 6) !== seconds) continue;
    const start = names + file[types + type * 6 + 5];
    return file.toString('latin1', start, file.indexOf(0, start)) || undefined;
  }
  return undefined;
}

interface Counts {
  readonly utcFlags: number;
  readonly standardFlags: number;
  readonly leaps: number;
  readonly times: number;
  readonly types: number;
  readonly characters: number;
}

function readCounts(file: Buffer, at: number): Counts {
  if (file.toString('latin1', at, at + 4) !== 'TZif') throw new Error('no file of a time zone');
  const count = (index: number) => file.readUInt32BE(at + 20 + 4 * index);
  return {
    utcFlags: count(0),
    standardFlags: count(1),
    leaps: count(2),
    times: count(3),
    types: count(4),
    characters: count(5),
  };
}

function dataLength(counts: Counts, timeSize: number): number {
  return (
    counts.times * (timeSize + 1) +
    counts.types * 6 +
    counts.characters +
    counts.leaps * (timeSize + 4) +
    counts.standardFlags +
    counts.utcFlags
  );
}

/** In a rule as POSIX has it, `CET-1CEST,M3.5.0,M10.5.0/3`, where hours count to the west. */
function abbreviationInRule(rule: string, seconds: number): string | undefined {
  const name = '(<[^>]+>|[A-Za-z]+)';
  const offset = '([+-]?[\\d:]+)';
  const match = new RegExp(`^${name}${offset}(?:${name}${offset}?)?`).exec(rule);
  if (match === null) return undefined;
  const standard = -parseHours(match[2]);
  const daylight = match[4] === undefined ? standard + 3600 : -parseHours(match[4]);
  if (standard === seconds) return match[1].replace(/[<>]/g, '');
  return daylight === seconds ? match[3]?.replace(/[<>]/g, '') : undefined;
}

/** Seconds of `-3:30`. */
function parseHours(text: string): number {
  const [hours, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  const total = hours * 3600 + minutes * 60 + seconds;
  return text.startsWith('-') ? -total : total;
}
