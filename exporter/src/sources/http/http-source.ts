import type { Clock } from '../../lib/clock.js';
import { KymoError, messageOf } from '../../lib/errors.js';
import type { SourceWriter } from '../../series/writer.js';
import { Family } from '../family.js';
import type { CollectContext, Source } from '../source.js';
import { HistogramWriter } from './histogram-writer.js';
import type { Traffic } from './traffic.js';

export interface HttpSourceOptions {
  readonly traffic: Traffic;
  readonly clock: Clock;
  /** The error that an observer has thrown since this was last called, if any. */
  readonly takeFault: () => unknown;
}

/** Stages what has been counted of this process's servers. */
export class HttpSource implements Source {
  readonly name = 'http';
  readonly #traffic: Traffic;
  readonly #takeFault: () => unknown;
  readonly #duration: HistogramWriter;
  readonly #requestSize: HistogramWriter;
  readonly #responseSize: HistogramWriter;
  readonly #rpcDuration: HistogramWriter;
  readonly #active = new Family({
    name: 'http_server_active_requests',
    type: 'gauge',
    help: 'Requests that are being served now.',
    labels: ['http_request_method', 'protocol'],
  });
  readonly #messages = new Family({
    name: 'kymo_websocket_messages_total',
    type: 'counter',
    help: 'Whole WebSocket messages, without control frames.',
    labels: ['direction'],
  });
  readonly #connections = new Family({
    name: 'kymo_connections',
    type: 'gauge',
    help: 'Open connections of clients; active ones serve an exchange or are open WebSockets.',
    labels: ['protocol', 'state'],
  });
  readonly #opened = new Family({
    name: 'kymo_connections_opened_total',
    type: 'counter',
    help: 'Connections opened by clients, once for each protocol that they have spoken.',
    labels: ['protocol'],
  });
  readonly #errors = new Family({
    name: 'kymo_connection_errors_total',
    type: 'counter',
    help: 'Connections and streams of clients that failed.',
    labels: ['protocol', 'reason'],
  });
  readonly #health = new Family({
    name: 'kymo_connection_health',
    type: 'gauge',
    help: 'Open connections of clients by how their last exchange went.',
    labels: ['protocol', 'health'],
  });

  constructor({ traffic, clock, takeFault }: HttpSourceOptions) {
    this.#traffic = traffic;
    this.#takeFault = takeFault;
    const now = (): number => clock.now();
    this.#duration = new HistogramWriter(
      {
        name: 'http_server_request_duration_seconds',
        type: 'histogram',
        unit: 'seconds',
        help: 'Duration of requests served, from their head to the end of the answer.',
      },
      now,
    );
    this.#requestSize = new HistogramWriter(
      {
        name: 'http_server_request_body_size_bytes',
        type: 'histogram',
        unit: 'bytes',
        help: 'Size of the bodies of requests served, as transferred.',
      },
      now,
    );
    this.#responseSize = new HistogramWriter(
      {
        name: 'http_server_response_body_size_bytes',
        type: 'histogram',
        unit: 'bytes',
        help: 'Size of the bodies of responses, as transferred.',
      },
      now,
    );
    this.#rpcDuration = new HistogramWriter(
      {
        name: 'rpc_server_duration_seconds',
        type: 'histogram',
        unit: 'seconds',
        help: 'Duration of gRPC calls served, by their status.',
      },
      now,
    );
  }

  collect({ writer }: CollectContext): void {
    const fault = this.#takeFault();
    if (fault !== undefined) {
      throw new KymoError(
        'instrumentation_fault',
        `an observer of the HTTP servers failed, so that an exchange may be missing: ${messageOf(fault)}`,
        { cause: fault },
      );
    }
    this.#stageExchanges(writer);
    this.#stageConnections(writer);
  }

  #stageExchanges(writer: SourceWriter): void {
    const { requests, calls, messages } = this.#traffic;
    requests.flush();
    this.#duration.use(writer);
    this.#requestSize.use(writer);
    this.#responseSize.use(writer);
    for (const { labels, duration, requestSize, responseSize } of requests.records) {
      this.#duration.stageDuration(labels, duration);
      this.#requestSize.stage(labels, requestSize);
      this.#responseSize.stage(labels, responseSize);
    }
    this.#rpcDuration.use(writer);
    for (const { labels, duration } of calls.records) {
      this.#rpcDuration.stageDuration(labels, duration);
    }
    for (const { protocol, method, count } of requests.active) {
      this.#active.set(writer, count, method, protocol);
    }
    this.#messages.set(writer, messages.received, 'received');
    this.#messages.set(writer, messages.sent, 'sent');
  }

  #stageConnections(writer: SourceWriter): void {
    const { connections, slow } = this.#traffic;
    for (const [protocol, count] of connections.count(this.#traffic.now(), slow)) {
      this.#connections.set(writer, count.active, protocol, 'active');
      this.#connections.set(writer, count.idle, protocol, 'idle');
      this.#health.set(writer, count.health.healthy, protocol, 'healthy');
      this.#health.set(writer, count.health.warning, protocol, 'warning');
      this.#health.set(writer, count.health.error, protocol, 'error');
    }
    for (const [protocol, count] of connections.opened) this.#opened.set(writer, count, protocol);
    for (const [protocol, reasons] of connections.errors) {
      for (const [reason, count] of reasons) this.#errors.set(writer, count, protocol, reason);
    }
  }
}
