import type { Clock } from '../../lib/clock.js';
import { Connection, type RequestLimits } from './connection.js';
import { ConnectionTable } from './connection-table.js';
import { Exchange } from './exchange.js';
import type { Reason } from './failure.js';
import { isServerError } from './grpc.js';
import type { Protocol } from './protocol.js';
import { RequestRecorder } from './request-recorder.js';
import { RpcRecorder } from './rpc-recorder.js';

export interface TrafficOptions {
  readonly clock: Clock;
  /** Milliseconds from which on an exchange is slow. */
  readonly slow: number;
  /** Label sets of requests, and of gRPC calls, after which further ones are not told apart. */
  readonly maxLabelSets: number;
}

export interface ExchangeStart {
  readonly protocol: Protocol;
  readonly method: string;
  /** Index into VERSIONS. */
  readonly version: number;
}

/** Everything that is counted of this process's servers. What observes them tells it here. */
export class Traffic {
  readonly connections = new ConnectionTable();
  readonly requests: RequestRecorder;
  readonly calls: RpcRecorder;
  readonly messages = { received: 0, sent: 0 };
  readonly slow: number;
  readonly #clock: Clock;

  constructor(options: TrafficOptions) {
    this.#clock = options.clock;
    this.slow = options.slow;
    this.requests = new RequestRecorder(options.maxLabelSets);
    this.calls = new RpcRecorder(options.maxLabelSets);
  }

  /** Milliseconds on the monotonic clock. */
  now(): number {
    return this.#clock.monotonic();
  }

  open(protocol: Protocol, limits: RequestLimits = {}): Connection {
    return this.connections.open(new Connection({ protocol, opened: this.now(), limits }));
  }

  begin(connection: Connection, { protocol, method, version }: ExchangeStart): Exchange {
    const last = connection.lastRecord?.methodRecords;
    const records =
      last?.active.method === method && last.active.protocol === protocol
        ? last
        : this.requests.methodRecords(protocol, method);
    records.active.count++;
    const exchange = new Exchange({ connection, records, version, started: this.now() });
    connection.add(exchange);
    return exchange;
  }

  /** Records an exchange with what has been noted on it; a second end of the same is none. */
  end(exchange: Exchange): void {
    if (exchange.isDone) return;
    exchange.isDone = true;
    const { connection, rpcStatus } = exchange;
    const elapsed = this.now() - exchange.started;
    exchange.records.active.count--;
    connection.remove(exchange);
    if (rpcStatus >= 0) exchange.route = this.calls.record(exchange, elapsed / 1000);
    this.requests.record(exchange, elapsed / 1000);
    connection.hasTimedOut = false;
    connection.hasFailed =
      exchange.failure !== undefined || exchange.status >= 500 || isServerError(rpcStatus);
    connection.wasSlow = elapsed > this.slow && !exchange.isStreaming;
  }

  /** Ends all exchanges of a connection that is gone before they were done. */
  abandon(connection: Connection, reason: Reason): void {
    for (let { oldest } = connection; oldest !== undefined; oldest = connection.oldest) {
      const { response } = oldest;
      if (response?.headersSent === true) oldest.status = response.statusCode;
      oldest.failure = reason;
      oldest.requestBytes = -1;
      oldest.responseBytes = -1;
      this.end(oldest);
    }
  }
}
