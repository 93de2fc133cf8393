import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../lib/clock.js';
import { gzip, negotiateCoding } from './compress.js';
import type { Exposition } from './exposition.js';
import { CONTENT_TYPES, negotiate } from './negotiate.js';

export interface ExpositionResponse {
  /** 406 where the request refuses both gzip and the page as it is; the body then says so. */
  readonly status: 200 | 406;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * To be called once, when the body has been sent or the connection is gone: the next page may then
   * use its memory. Without that the garbage collector takes it.
   */
  readonly release: () => void;
}

export interface ExpositionRequest {
  readonly headers: IncomingHttpHeaders;
  readonly clock: Clock;
}

/** Milliseconds of a scrape's timeout that are left to the network and the scraper. */
const TIMEOUT_OFFSET = 500;

/**
 * Answers a scrape: format by `Accept`, coding by `Accept-Encoding`.
 *
 * The page is rendered at once from the last commit, before the first wait, so the only work that a
 * scraper's timeout (`X-Prometheus-Scrape-Timeout-Seconds`) can cut short is compressing: where that
 * takes longer than the timeout less half a second, the page goes out as it is, unless the request
 * refuses that.
 */
export async function respond(
  exposition: Exposition,
  { headers: asked, clock }: ExpositionRequest,
): Promise<ExpositionResponse> {
  const format = negotiate(asked.accept);
  const page = exposition.render(format);
  const release = (): void => exposition.recycle(page);
  const shared = { 'Content-Type': CONTENT_TYPES[format], Vary: 'Accept, Accept-Encoding' };
  const acceptEncoding = asked['accept-encoding'];
  const coding = negotiateCoding(acceptEncoding, page.length);
  if (coding === undefined) {
    return {
      status: 406,
      headers: { ...shared, 'Content-Type': 'text/plain; charset=utf-8' },
      body: Buffer.from('Accept-Encoding must allow gzip or identity.\n'),
      release,
    };
  }
  if (coding === 'gzip') {
    const mayBePlain = negotiateCoding(acceptEncoding, 0) === 'identity';
    const timeout = mayBePlain
      ? gzipTimeout(asked['x-prometheus-scrape-timeout-seconds'])
      : undefined;
    const body = await gzip(page, { timeout, clock });
    if (body !== undefined) {
      release();
      const headers = { ...shared, 'Content-Encoding': 'gzip' };
      return { status: 200, headers, body, release: () => {} };
    }
  }
  return { status: 200, headers: shared, body: page, release };
}

/** Milliseconds that compressing may take; `undefined` where the scraper names no timeout. */
function gzipTimeout(header: string | readonly string[] | undefined): number | undefined {
  const seconds = typeof header === 'string' ? Number(header) : NaN;
  if (!(seconds > 0 && seconds < 86_400)) return undefined;
  return Math.max(0, seconds * 1000 - TIMEOUT_OFFSET);
}
