import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Exchange } from './exchange.js';

/**
 * What Node keeps of a response beside its public face. All of it is older than the oldest Node we
 * run on; where it should be missing, the size is unknown.
 */
interface ResponseInternals {
  /** Of the body, where it was declared or everything was passed to `end`. */
  readonly _contentLength?: number | null;
  readonly _hasBody?: boolean;
  /** The head as sent. */
  readonly _header?: string | null;
  readonly chunkedEncoding: boolean;
}

/**
 * Counts the bytes of a request's body as they arrive, where its head does not say how many will. A
 * body of GET or HEAD, which has no meaning (RFC 9110, section 9.3.1), is not looked for.
 */
export function countRequestBody(request: IncomingMessage, exchange: Exchange): void {
  exchange.requestBytes = 0;
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { headers } = request;
  const declared = headers['content-length'];
  if (declared !== undefined) {
    exchange.requestBytes = Number(declared);
    return;
  }
  if (headers['transfer-encoding'] === undefined) return;
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    exchange.requestBytes += byteLength(chunk, encoding);
    return push(chunk, encoding);
  };
}

/**
 * Bytes of a body that has been sent, −1 where that is unknown. Where nobody has said how long it is,
 * it is what the connection has sent since its last answer, with the framing of chunks.
 */
export function responseBytes(exchange: Exchange, socket: Socket): number {
  const { connection } = exchange;
  const internals = exchange.response as unknown as ResponseInternals;
  if (typeof internals._header !== 'string') return -1;
  // A head is Latin-1: one byte a character.
  connection.accounted += internals._header.length;
  if (internals._hasBody === false) return 0;
  const length = internals._contentLength;
  if (typeof length === 'number' && !internals.chunkedEncoding) {
    connection.accounted += length;
    return length;
  }
  const before = connection.accounted;
  connection.accounted = socket.bytesWritten;
  return Math.max(0, connection.accounted - before);
}

/** Bytes of a chunk as streams pass it: a buffer, a string, or null at the end. */
function byteLength(chunk: unknown, encoding?: BufferEncoding): number {
  if (chunk instanceof Uint8Array) return chunk.length;
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : 0;
}
