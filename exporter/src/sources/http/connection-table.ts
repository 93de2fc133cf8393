import type { Connection, Health } from './connection.js';
import { REASONS, type Reason } from './failure.js';
import { PROTOCOLS, type Protocol } from './protocol.js';

/** Connections of one protocol by state and by health. */
export interface ConnectionCounts {
  active: number;
  idle: number;
  readonly health: Record<Health, number>;
}

/** All connections that are open, and counts of all that ever were. */
export class ConnectionTable {
  /** Connections opened since the start, by protocol. */
  readonly opened = new Map<Protocol, number>(PROTOCOLS.map((protocol) => [protocol, 0]));
  /** Failures since the start, by protocol and reason. */
  readonly errors = new Map<Protocol, Map<Reason, number>>(
    PROTOCOLS.map((protocol) => [protocol, new Map(REASONS.map((reason) => [reason, 0]))]),
  );
  readonly #open = new Set<Connection>();

  open(connection: Connection): Connection {
    this.#open.add(connection);
    return connection;
  }

  /**
   * Notes what a connection speaks. It is counted as opened once for each protocol it has spoken,
   * which only its first exchange tells: HTTP/2 may turn out to be gRPC, HTTP/1.1 a WebSocket.
   */
  speak(connection: Connection, protocol: Protocol): void {
    if (connection.protocol === protocol && connection.counted !== 0) return;
    connection.protocol = protocol;
    const bit = 1 << PROTOCOLS.indexOf(protocol);
    if ((connection.counted & bit) !== 0) return;
    connection.counted |= bit;
    this.opened.set(protocol, (this.opened.get(protocol) ?? 0) + 1);
  }

  close(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    if (connection.counted === 0) this.speak(connection, connection.protocol);
  }

  countError(protocol: Protocol, reason: Reason): void {
    const reasons = this.errors.get(protocol);
    reasons?.set(reason, (reasons.get(reason) ?? 0) + 1);
  }

  /** Notes that a connection as a whole has failed; only the first reason counts. */
  fail(connection: Connection, reason: Reason): void {
    if (connection.failure !== undefined) return;
    connection.failure = reason;
    this.countError(connection.protocol, reason);
  }

  /**
   * Counts what is open now.
   * @param now milliseconds on the monotonic clock
   * @param slow milliseconds from which on an exchange is slow
   */
  count(now: number, slow: number): ReadonlyMap<Protocol, ConnectionCounts> {
    const counts = new Map<Protocol, ConnectionCounts>();
    for (const protocol of PROTOCOLS) {
      counts.set(protocol, { active: 0, idle: 0, health: { healthy: 0, warning: 0, error: 0 } });
    }
    for (const connection of this.#open) {
      // One that has said nothing until now counts as what it was opened as.
      if (connection.counted === 0) this.speak(connection, connection.protocol);
      const count = counts.get(connection.protocol) as ConnectionCounts;
      if (connection.isActive) count.active++;
      else count.idle++;
      count.health[connection.health(now, slow)]++;
    }
    return counts;
  }
}
