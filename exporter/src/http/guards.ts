import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import type { Clock } from '../lib/clock.js';
import { HttpError } from './http-error.js';

/** Counts what the guards refuse, by limit. */
export type CountRefused = (limit: string) => void;

/** What helmet would set, as far as it matters to an exporter. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
  next();
};

const LOOPBACK = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/;
const FORWARDING = ['forwarded', 'via', 'x-real-ip', 'true-client-ip', 'cf-connecting-ip'];
const FORWARDING_PREFIXES = ['x-forwarded-', 'x-grafana-'];

/** Host of a `Host` header or origin, without port and brackets, in lower case. */
function hostOf(authority: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(authority);
  return (bracketed?.[1] ?? authority.replace(/:\d*$/, '')).toLowerCase();
}

/**
 * Refuses requests to a name that is not this exporter's, so that a page whose name has been pointed
 * at this address (DNS rebinding) cannot read from it, and requests that a page of another origin made.
 *
 * IP addresses and `localhost` are always taken: a page cannot rebind those.
 * @param hosts further names that this exporter is reached by, in lower case; `*` takes any
 */
export function checkHost(hosts: readonly string[], refused: CountRefused): RequestHandler {
  const check = hostCheck(hosts, refused);
  return (request, _response, next) => next(check(request.headers));
}

/** As {@link checkHost}, for requests that express does not see; answers what is wrong. */
export function hostCheck(
  hosts: readonly string[],
  refused: CountRefused,
): (headers: IncomingHttpHeaders) => HttpError | undefined {
  const known = new Set(['localhost', ...hosts.map((host) => host.toLowerCase())]);
  const isKnown = (host: string): boolean => known.has('*') || known.has(host) || isIP(host) !== 0;
  return (headers) => {
    // Only HTTP/1.0 may leave the header out, which no browser speaks.
    const host = hostOf(headers.host ?? 'localhost');
    if (!isKnown(host)) {
      refused('host');
      const message = `this exporter is not known as "${host}"; add the name to listen.hosts`;
      return new HttpError(403, 'forbidden', message);
    }
    const { origin } = headers;
    if (origin !== undefined && !sameOrigin(origin, headers.host ?? '')) {
      refused('origin');
      return new HttpError(403, 'forbidden', `requests from ${origin} are not taken`);
    }
    return undefined;
  };
}

function sameOrigin(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}

/** Whether a request comes from this machine and was not handed on by a proxy or by Grafana. */
export function isFromLoopback({ socket, headers }: Request): boolean {
  if (!LOOPBACK.test(socket.remoteAddress ?? '')) return false;
  // What a datasource of Grafana's own asks for its users has no header of a proxy.
  if (headers['user-agent']?.startsWith('Grafana/') === true) return false;
  return !Object.keys(headers).some(
    (name) =>
      FORWARDING.includes(name) || FORWARDING_PREFIXES.some((prefix) => name.startsWith(prefix)),
  );
}

export interface RateLimitOptions {
  /** Requests a second that an address may make in the long run; bursts may be ten times that. */
  readonly rate: number;
  readonly clock: Clock;
  readonly refused: CountRefused;
}

const MAX_BUCKETS = 10_000;

/** What requests are counted apart for: a busy page on the same host must not stop the scraper. */
function purposeOf(path: string): string {
  if (path === '/metrics') return 'scrape';
  return path.startsWith('/-/') ? 'operations' : 'other';
}

/** Limits how often one address may ask: a token bucket for each, by purpose. */
export function rateLimit({ rate, clock, refused }: RateLimitOptions): RequestHandler {
  const burst = rate * 10;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (request, _response, next) => {
    const address = request.socket.remoteAddress ?? '';
    const now = clock.monotonic();
    const key = `${purposeOf(request.path)} ${address}`;
    const bucket = buckets.get(key) ?? { tokens: burst, at: now };
    // Set anew, so that the first of the map is the one that has not been seen for longest.
    buckets.delete(key);
    if (buckets.size >= MAX_BUCKETS) buckets.delete(buckets.keys().next().value ?? '');
    buckets.set(key, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return next();
    }
    refused('rate');
    const seconds = String(Math.ceil((1 - bucket.tokens) / rate));
    const message = `more than ${rate} requests a second from ${address} (http.rate); try again in ${seconds} s`;
    next(new HttpError(429, 'too_many_requests', message, { 'Retry-After': seconds }));
  };
}
