import type { Outgoing } from './outgoing.js';

/** What live streams have done since the start. */
export class LiveStats {
  /** Messages sent to clients; one may hold several frames. */
  messages = 0;
  /** Bytes sent, WebSocket headers included. */
  bytes = 0;
  /** Messages received from clients. */
  received = 0;
  /** Frames that slow clients were not sent. */
  droppedFrames = 0;
  /** Evaluations of topics that failed. */
  failures = 0;
  /** Subscriptions and messages that were refused, by the code of the error. */
  readonly refused = new Map<string, number>();
  /** Connections that the server closed, by close code. */
  readonly closed = new Map<number, number>();

  sent(message: Outgoing): void {
    this.messages++;
    this.bytes += message.frame.length;
  }

  countRefused(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }

  countClosed(code: number): void {
    this.closed.set(code, (this.closed.get(code) ?? 0) + 1);
  }
}
