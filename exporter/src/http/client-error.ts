import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody, type ErrorType } from '@kymo/contract';
import type { CountRefused } from './guards.js';

interface Refusal {
  readonly status: number;
  readonly errorType: ErrorType;
  readonly message: string;
  /** The limit that it counts for. */
  readonly limit: string;
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        errorType: 'timeout',
        message: 'the request did not arrive in time',
        limit: 'timeout',
      };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        errorType: 'bad_data',
        message: 'the headers of the request are larger than 16 KiB; send fewer or shorter ones',
        limit: 'headers',
      };
    default:
      return {
        status: 400,
        errorType: 'bad_data',
        message: 'the request is not valid HTTP/1.1',
        limit: 'malformed',
      };
  }
}

interface ClientErrorOptions {
  readonly refused: CountRefused;
  /** Whether an answer to an earlier request on this connection is on its way. */
  readonly isAnswering: (socket: Duplex) => boolean;
}

/** Answers what never became a request, because it is malformed, too large or too slow, as JSON. */
export function answerClientError({
  refused,
  isAnswering,
}: ClientErrorOptions): (error: NodeJS.ErrnoException, socket: Duplex) => void {
  return (error, socket) => {
    const gone = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    if (gone) {
      socket.destroy();
      return;
    }
    const { status, errorType, message, limit } = refusalOf(error.code);
    refused(limit);
    if (!socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const body = JSON.stringify(errorBody(errorType, message));
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
        'Content-Type: application/json; charset=utf-8\r\n' +
        'X-Content-Type-Options: nosniff\r\n' +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  };
}
