import { constants, createGzip } from 'node:zlib';
import type { Clock } from '../lib/clock.js';
import { parsePreferences } from './preferences.js';

export type ContentCoding = 'gzip' | 'identity';

/** Below this, what gzip saves is less than a packet. */
const WORTHWHILE_SIZE = 1400;

/**
 * The coding to answer with (RFC 9110, section 12.5.3): gzip wherever it is accepted at least as
 * gladly as identity and the page is long enough, `undefined` where neither is accepted.
 * @param size bytes of the page
 */
export function negotiateCoding(
  acceptEncoding: string | undefined,
  size: number,
): ContentCoding | undefined {
  if (acceptEncoding === undefined) return 'identity';
  const qualities = new Map(
    parsePreferences(acceptEncoding).map(({ value, quality }) => [value, quality]),
  );
  const any = qualities.get('*');
  const gzip = qualities.get('gzip') ?? qualities.get('x-gzip') ?? any ?? 0;
  const identity = qualities.get('identity') ?? (any === 0 ? 0 : undefined);
  if (gzip > 0 && identity === 0) return 'gzip';
  if (identity === 0) return undefined;
  return gzip > 0 && gzip >= (identity ?? 0) && size >= WORTHWHILE_SIZE ? 'gzip' : 'identity';
}

export interface GzipOptions {
  /** Milliseconds after which to give up; without end by default. */
  readonly timeout?: number;
  readonly clock: Clock;
}

/**
 * Compresses at the fastest level on the thread pool, a piece at a time, so that neither the main
 * thread nor one thread of the pool is held for long.
 * @returns `undefined` where it was not done in time: what is left of the work is then not done
 */
export async function gzip(page: Buffer, options: GzipOptions): Promise<Buffer | undefined> {
  const { timeout, clock } = options;
  return new Promise((resolve, reject) => {
    const stream = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 128 * 1024 });
    const giveUp = (): void => {
      stream.destroy();
      resolve(undefined);
    };
    const timer = timeout === undefined ? undefined : clock.schedule(giveUp, timeout);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      if (timer !== undefined) clock.cancel(timer);
      resolve(Buffer.concat(chunks));
    });
    stream.on('error', reject);
    stream.end(page);
  });
}
