import { KymoError } from './errors.js';

const SECONDS = { s: 1, m: 60, h: 3600 } as const;
const RATE = /^(\d+)\/([smh])$/;

/**
 * How often a second: of `100/s`, `600/m` or `1/h`.
 * @throws KymoError `bad_rate` saying what would be right.
 */
export function parseRate(text: string): number {
  const match = RATE.exec(text);
  if (match === null) throw new KymoError('bad_rate', refuse(text));
  return Number(match[1]) / SECONDS[match[2] as keyof typeof SECONDS];
}

/** The rate as {@link parseRate} reads it, with the shortest period that makes it a whole number. */
export function formatRate(perSecond: number): string {
  for (const [unit, seconds] of Object.entries(SECONDS)) {
    const count = perSecond * seconds;
    // 1/60 is no finite binary fraction; what it was parsed from is.
    if (Math.abs(count - Math.round(count)) < 1e-9) return `${Math.round(count)}/${unit}`;
  }
  return `${Math.round(perSecond * SECONDS.h)}/h`;
}

function refuse(text: string): string {
  if (/^\d+$/.test(text)) return `"${text}" says no period; write for example ${text}/s`;
  return `"${text}" is not a rate; write for example 100/s, 600/m or 10/h`;
}
