import type { Exchange } from './exchange.js';
import type { Reason } from './failure.js';
import type { Protocol } from './protocol.js';
import type { RequestRecord } from './request-recorder.js';

export type Health = 'healthy' | 'warning' | 'error';

/** Milliseconds that a server waits for requests; absent or 0 where it waits for ever. */
export interface RequestLimits {
  readonly headersTimeout?: number;
  readonly requestTimeout?: number;
}

/** What is known of a WebSocket beside its connection. */
export interface WebSocketState {
  /** When the oldest ping without a pong was sent, milliseconds on the monotonic clock. */
  readonly unansweredSince: number | undefined;
}

/** Share of a time limit from which on it is about to be reached. */
const NEARLY = 0.8;

/** A client's connection, and the exchanges that run on it. */
export class Connection {
  /** What it speaks, as far as is known: what its last exchange was, before that what it will be. */
  protocol: Protocol;
  /** One bit for each protocol under which it has been counted as opened. */
  counted = 0;
  /** Milliseconds on the monotonic clock. */
  readonly opened: number;
  readonly limits: RequestLimits;
  oldest: Exchange | undefined;
  newest: Exchange | undefined;
  /** How its last exchange went. */
  hasFailed = false;
  wasSlow = false;
  /** Why it failed as a whole. */
  failure: Reason | undefined;
  /** Its timeout fired while an exchange ran; whether that ends it is up to the server. */
  hasTimedOut = false;
  webSocket: WebSocketState | undefined;
  /** What its last exchange was recorded in. */
  lastRecord: RequestRecord | undefined;
  /** Bytes that its finished exchanges are known to have taken of it, heads included. */
  accounted = 0;
  #hasServed = false;

  constructor(from: { protocol: Protocol; opened: number; limits: RequestLimits }) {
    this.protocol = from.protocol;
    this.opened = from.opened;
    this.limits = from.limits;
  }

  /** An open WebSocket is active: its exchange is the conversation. */
  get isActive(): boolean {
    return this.oldest !== undefined || this.webSocket !== undefined;
  }

  add(exchange: Exchange): void {
    this.#hasServed = true;
    exchange.older = this.newest;
    if (this.newest === undefined) this.oldest = exchange;
    else this.newest.newer = exchange;
    this.newest = exchange;
  }

  remove(exchange: Exchange): void {
    const { older, newer } = exchange;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    exchange.older = undefined;
    exchange.newer = undefined;
  }

  /**
   * @param now milliseconds on the monotonic clock
   * @param slow milliseconds from which on an exchange is slow
   */
  health(now: number, slow: number): Health {
    if (this.hasFailed || this.failure !== undefined) return 'error';
    if (this.wasSlow || this.#isWaitedFor(now)) return 'warning';
    const unanswered = this.webSocket?.unansweredSince;
    if (unanswered !== undefined && now - unanswered > slow) return 'warning';
    let isLate = false;
    for (let exchange = this.oldest; exchange !== undefined; exchange = exchange.newer) {
      const elapsed = now - exchange.started;
      if (elapsed > slow) {
        if (exchange.hasAnswered()) exchange.isStreaming = true;
        else isLate = true;
      }
      if (isNearlyTimedOut(exchange, elapsed)) isLate = true;
    }
    return isLate ? 'warning' : 'healthy';
  }

  /** Whether the time in which its first request must come has nearly passed. */
  #isWaitedFor(now: number): boolean {
    const limit = this.limits.headersTimeout ?? 0;
    return !this.#hasServed && limit > 0 && now - this.opened > limit * NEARLY;
  }
}

function isNearlyTimedOut(exchange: Exchange, elapsed: number): boolean {
  if (exchange.deadline > 0 && elapsed > exchange.deadline * NEARLY) return true;
  const limit = exchange.connection.limits.requestTimeout ?? 0;
  return limit > 0 && elapsed > limit * NEARLY && exchange.request?.complete === false;
}
