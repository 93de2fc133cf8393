import { createServer, type Server } from 'node:http';
import { afterEach } from 'vitest';
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

/** A key of a Grafana, and the name it goes by. */
export interface Key {
  readonly kid: string;
  readonly sign: CryptoKey;
  readonly published: JWK;
}

export async function makeKey(kid: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const published = { ...(await exportJWK(publicKey)), kid, use: 'sig' };
  return { kid, sign: privateKey, published };
}

/** What Grafana says of an Editor; the time is that of the test's clock. */
export interface Said {
  /** Unix milliseconds. */
  readonly now: number;
  readonly claims?: JWTPayload;
  readonly issuer?: string;
  readonly audience?: string;
  /** Seconds from now. */
  readonly life?: number;
}

export const ISSUER = 'http://grafana.example/';

export function tokenOf(
  { kid, sign }: Key,
  { now, claims, issuer = ISSUER, audience = 'org:1', life = 600 }: Said,
): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT({ username: 'ada', name: 'Ada', role: 'Editor', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid, typ: 'jwt' })
    .setSubject('user:1')
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + life)
    .sign(sign);
}

/** A server of Grafana's public keys; closed after the test. */
export interface FakeGrafana {
  readonly url: string;
  /** Set to change what it publishes. */
  keys: readonly Key[];
  /** Answers this instead, where it is set. */
  answer: { readonly status: number; readonly body: string } | undefined;
  /** Requests for keys. */
  asked: number;
  stop(): Promise<void>;
}

const open: Server[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(close));
});

export async function fakeGrafana(...keys: readonly Key[]): Promise<FakeGrafana> {
  const server = createServer((request, response) => {
    grafana.asked++;
    const found = request.url === '/api/signing-keys/keys';
    const body = JSON.stringify({ keys: grafana.keys.map(({ published }) => published) });
    const { status, body: text } = grafana.answer ?? { status: found ? 200 : 404, body };
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(text);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const grafana: FakeGrafana = {
    url: `http://127.0.0.1:${address.port}`,
    keys,
    answer: undefined,
    asked: 0,
    stop: () => close(server),
  };
  return grafana;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
