import http2 from 'node:http2';
import type { Clock } from '../../lib/clock.js';
import type { Random } from '../random.js';
import { PATIENCE, someProduct, type LoadClient } from './client.js';
import { Rotation } from './rotation.js';

const operations = [
  { weight: 45, kind: 'products' },
  { weight: 20, kind: 'recommendations' },
  { weight: 35, kind: 'pictures' },
] as const;

const SESSIONS = 3;

/** A few sessions with many streams each. */
export class Http2Client implements LoadClient {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #sessions: Rotation<http2.ClientHttp2Session>;

  constructor(target: string, random: Random, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
    this.#sessions = new Rotation({
      size: SESSIONS,
      clock,
      random,
      open: () => {
        const session = http2.connect(target);
        // Streams of a broken session fail by themselves; the next exchange opens another.
        session.on('error', () => {});
        return session;
      },
      isUsable: (session) => !session.closed && !session.destroyed,
      close: (session) => session.close(),
    });
  }

  exchange(): Promise<void> {
    const random = this.#random;
    const { kind } = random.weighted(operations);
    const name = kind === 'pictures' ? random.pick(['small', 'large']) : someProduct(random);
    const session = this.#sessions.pick();
    return new Promise((resolve, reject) => {
      const stream = session.request({ ':path': `/${kind}/${name}` });
      const timer = this.#clock.schedule(() => {
        stream.close(http2.constants.NGHTTP2_CANCEL);
        reject(new Error('no answer in time'));
      }, PATIENCE);
      let status = 0;
      stream.once('response', (headers) => (status = headers[':status'] ?? 0));
      stream.once('error', reject);
      stream.once('close', () => {
        this.#clock.cancel(timer);
        if (status > 0 && status < 500) resolve();
        else reject(new Error(`HTTP/2 status ${status}`));
      });
      stream.resume();
      stream.end();
    });
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }
}
