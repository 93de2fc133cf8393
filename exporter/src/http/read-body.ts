import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.js';

/**
 * The body of a request as it came, whatever its encoding.
 * @param limit bytes
 * @throws HttpError 413 as soon as it is longer
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = (): HttpError =>
    new HttpError(
      413,
      'bad_data',
      `the body is larger than the limit of ${limit} bytes (http.body_limit)`,
      { Connection: 'close' },
    );
  if (Number(request.headers['content-length']) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
