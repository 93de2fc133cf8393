import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from './connection.js';
import type { Reason } from './failure.js';
import type { MethodRecords } from './request-recorder.js';

/** Times of one request and what is known of it, from its first byte read to its last one written. */
export class Exchange {
  readonly connection: Connection;
  readonly records: MethodRecords;
  /** Index into VERSIONS. */
  readonly version: number;
  /** Milliseconds on the monotonic clock. */
  readonly started: number;
  /** Neighbours among the exchanges that run on the connection, in the order in which they began. */
  older: Exchange | undefined;
  newer: Exchange | undefined;
  isDone = false;
  /** 0 as long as no status has been sent. */
  status = 0;
  failure: Reason | undefined;
  route = '';
  /** Bytes of the bodies, −1 where unknown. */
  requestBytes = -1;
  responseBytes = -1;
  /** Set where the request is one of node:http, or express has seen it. */
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** Milliseconds that a gRPC client gave the call, 0 where it gave none. */
  deadline = 0;
  /** gRPC status, −1 where this is no gRPC call. */
  rpcStatus = -1;
  /** Path of a gRPC call. */
  rpcPath = '';
  /** It was seen sending its answer for longer than is slow: a stream, whose length is no fault. */
  isStreaming = false;

  constructor(from: {
    connection: Connection;
    records: MethodRecords;
    version: number;
    started: number;
  }) {
    this.connection = from.connection;
    this.records = from.records;
    this.version = from.version;
    this.started = from.started;
  }

  /** Whether the peer has been sent a status. */
  hasAnswered(): boolean {
    return this.status !== 0 || this.response?.headersSent === true;
  }
}
