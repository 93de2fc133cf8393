import { errorBody } from '@kymo/contract';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LiveDoor } from './dependencies.js';
import { hostCheck, type CountRefused } from './guards.js';
import { HttpError } from './http-error.js';

const PATH = '/api/live';

/** Hands requests for a WebSocket to the live streams, and refuses those for anything else. */
export function takeUpgrades(
  live: LiveDoor | undefined,
  { hosts, refused }: { readonly hosts: readonly string[]; readonly refused: CountRefused },
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const check = hostCheck(hosts, refused);
  return (request, socket, head) => {
    // Until somebody else listens: a connection that is reset must not end the process.
    const ignore = (): void => {};
    socket.on('error', ignore);
    const problem = check(request.headers) ?? pathProblem(request, live);
    if (problem !== undefined) return refuse(socket, problem);
    socket.off('error', ignore);
    live?.handleUpgrade(request, socket, head);
  };
}

function pathProblem({ url }: IncomingMessage, live: LiveDoor | undefined): HttpError | undefined {
  const [path] = (url ?? '').split('?', 1);
  if (path === PATH && live !== undefined) return undefined;
  return new HttpError(404, 'not_found', `there is no WebSocket at ${path}; there is at ${PATH}`);
}

function refuse(socket: Duplex, { status, errorType, message }: HttpError): void {
  const body = JSON.stringify(errorBody(errorType, message));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
