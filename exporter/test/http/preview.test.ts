import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readPreview } from '../../src/http/preview-files.js';
import { serve, type Served } from './serve.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kymo-preview-'));
const html = '<!doctype html><script defer src="assets/main.1a2b.js"></script>';
const script = 'console.log("drawn");'.repeat(20);
for (const [name, text] of [
  ['index.html', html],
  ['main.1a2b.js', script],
] as const) {
  writeFileSync(path.join(folder, name), text);
  writeFileSync(path.join(folder, `${name}.br`), brotliCompressSync(text));
  writeFileSync(path.join(folder, `${name}.gz`), gzipSync(text));
}
writeFileSync(path.join(folder, 'notes.md'), 'no part of the page');
const preview = readPreview(folder);

afterAll(() => rmSync(folder, { recursive: true }));

/** Asks for a path as it is, and answers the body as it comes, still encoded. */
function ask({ port }: Served, where: string, encodings?: string) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const headers = encodings === undefined ? {} : { 'accept-encoding': encodings };
      const sent = request({ port, host: '127.0.0.1', path: where, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      sent.on('error', reject);
      sent.end();
    },
  );
}

describe('the preview', () => {
  test('is at / with a policy that lets nothing in from elsewhere and no inline script', async () => {
    const served = await serve({ preview });
    const { status, headers, body } = await ask(served, '/');
    expect([status, body.toString()]).toEqual([200, html]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-frame-options': 'DENY',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; connect-src 'self'");
    expect(policy).not.toContain('http');
  });

  test.each([
    ['br', 'gzip, deflate, br', (body: Buffer) => brotliDecompressSync(body)],
    ['gzip', 'gzip', (body: Buffer) => gunzipSync(body)],
    [undefined, undefined, (body: Buffer) => body],
    [undefined, 'br;q=0, identity', (body: Buffer) => body],
  ])('sends its scripts as %s where %s is taken', async (encoding, taken, decode) => {
    const served = await serve({ preview });
    const { status, headers, body } = await ask(served, '/assets/main.1a2b.js', taken);
    expect([status, decode(body).toString()]).toEqual([200, script]);
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
  });

  test.each(['notes.md', 'index.html', 'main.1a2b.js.br', '..%2Findex.html', '%2Fetc%2Fpasswd'])(
    'has nothing at /assets/%s',
    async (name) => {
      expect((await ask(await serve({ preview }), `/assets/${name}`)).status).toBe(404);
    },
  );

  test('links to /about, which links back', async () => {
    const about = await ask(await serve({ preview }), '/about');
    expect(about.body.toString()).toContain('href="/"');
    expect(about.body.toString()).not.toContain('build:preview');
  });

  test('is said to be missing where it is not built, with all links', async () => {
    expect(readPreview(path.join(folder, 'nowhere'))).toBeUndefined();
    const served = await serve({ preview: undefined });
    const page = (await ask(served, '/')).body.toString();
    expect(page).toContain('npm run build:preview');
    expect(page).toContain('href="/metrics"');
    expect((await ask(served, '/assets/main.1a2b.js')).status).toBe(404);
  });
});
