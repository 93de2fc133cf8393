import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../test/places.js';

/** Where the cookies of the signed-in administrator are kept for the tests. */
export const cookies = path.join(root, '.cache/playwright/admin.json');

/** Signs in and keeps the cookies: a WebSocket handshake carries no other headers. */
export async function signIn(url: string): Promise<void> {
  const { GRAFANA_ADMIN_USER: user = 'admin', GRAFANA_ADMIN_PASSWORD: password = 'admin' } =
    process.env;
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, password }),
  });
  if (!answer.ok) throw new Error(`${user} cannot sign in at ${url}: ${answer.status}`);
  const { hostname } = new URL(url);
  const kept = answer.headers.getSetCookie().map((line) => {
    const [pair] = line.split(';');
    const at = pair.indexOf('=');
    return {
      name: pair.slice(0, at),
      value: pair.slice(at + 1),
      domain: hostname,
      path: '/',
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: 'Lax',
    };
  });
  mkdirSync(path.dirname(cookies), { recursive: true });
  writeFileSync(cookies, JSON.stringify({ cookies: kept, origins: [] }));
}
