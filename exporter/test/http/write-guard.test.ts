import type { CallerAnswer, ErrorBody } from '@kymo/contract';
import { UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { KymoError } from '../../src/lib/errors.js';
import { fakeGrafana, ISSUER, makeKey, tokenOf, type Said } from './fake-grafana.js';
import { alerts, serve, type Served } from './serve.js';

const SECRET = 'a secret of the test';
const START = 1_800_000_000_000;
const key = await makeKey('one');
const other = await makeKey('other');

async function setUp() {
  const clock = new ManualClock(START);
  const grafana = await fakeGrafana(key);
  const trusted = { url: grafana.url, issuer: ISSUER, secret: SECRET };
  const served = await serve({ alerts }, { clock, grafanas: [trusted] });
  const token = (said: Partial<Said> = {}, by = key): Promise<string> =>
    tokenOf(by, { now: clock.now(), ...said });
  return { clock, grafana, served, token };
}

/** The headers that come through Grafana's datasource proxy. */
function through(token: string | undefined, secret: string | undefined = SECRET) {
  return {
    'x-forwarded-for': '10.0.0.1',
    ...(secret === undefined ? {} : { 'x-kymo-secret': secret }),
    ...(token === undefined ? {} : { 'x-grafana-id': token }),
  };
}

interface Answer {
  readonly status: number;
  readonly error: string;
  readonly by: string | undefined;
}

/** Acknowledges an alert. */
async function acknowledge(
  { url }: Served,
  headers: Record<string, string>,
  body: object = { by: 'somebody', comment: '' },
): Promise<Answer> {
  const answer = await fetch(`${url}/api/alerts/ab/acknowledge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const told = (await answer.json()) as Partial<ErrorBody> & { acknowledgement?: { by: string } };
  return { status: answer.status, error: told.error ?? '', by: told.acknowledgement?.by };
}

describe('through a Grafana that is trusted', () => {
  test.each(['Editor', 'Admin'])('an %s acknowledges under the verified name', async (role) => {
    const { served, token } = await setUp();
    const headers = through(await token({ claims: { role } }));
    expect(await acknowledge(served, headers)).toMatchObject({ status: 200, by: 'Ada (ada)' });
    expect(await acknowledge(served, headers, {})).toMatchObject({ status: 200, by: 'Ada (ada)' });
    const gone = await fetch(`${served.url}/api/alerts/ab/acknowledge?by=somebody`, {
      method: 'DELETE',
      headers,
    });
    expect(await gone.json()).toMatchObject({ by: 'Ada (ada)' });
  });

  test.each([
    [{ name: '' }, 'ada'],
    [{ name: 'ada' }, 'ada'],
    [{ name: undefined, username: undefined }, 'user:1'],
  ])('a user with %j goes by %s', async (claims, by) => {
    const { served, token } = await setUp();
    expect((await acknowledge(served, through(await token({ claims })))).by).toBe(by);
  });

  test.each(['Viewer', 'None', 'editor', undefined, 7])(
    'one with the role %s is refused every change, and may read',
    async (role) => {
      const { served, token } = await setUp();
      const headers = through(await token({ claims: { role } }));
      for (const [method, path] of [
        ['POST', '/api/alerts/ab/acknowledge'],
        ['DELETE', '/api/alerts/ab/acknowledge'],
        ['POST', '/-/reload'],
        ['POST', '/api/rules'],
        ['PUT', '/api/rules/a1'],
        ['POST', '/api/v1/write'],
        ['POST', '/api/simulate'],
      ] as const) {
        const { status } = await fetch(served.url + path, { method, headers });
        expect([path, status]).toEqual([path, 403]);
      }
      expect(served.server.refused.get('role')).toBe(7);
      expect((await fetch(`${served.url}/api/alerts`, { headers })).status).toBe(200);
      expect((await acknowledge(served, headers)).error).toContain('for the role Editor');
    },
  );

  test('everybody learns who they are taken for, and what they are refused for', async () => {
    const { clock, grafana, served, token } = await setUp();
    const asked = async (headers: Record<string, string>): Promise<CallerAnswer> =>
      (await (await fetch(`${served.url}/api/caller`, { headers })).json()) as CallerAnswer;
    expect(await asked(through(await token()))).toEqual({
      name: 'Ada (ada)',
      role: 'Editor',
      mayWrite: true,
      refusal: null,
      reason: null,
      remedy: null,
    });
    const viewer = await token({ claims: { role: 'Viewer' } });
    expect(await asked(through(viewer))).toEqual({
      name: 'Ada (ada)',
      role: 'Viewer',
      mayWrite: false,
      refusal: 'role',
      reason: expect.stringContaining('has the role Viewer') as string,
      remedy: expect.stringContaining('for the role Editor') as string,
    });
    expect(await asked({})).toMatchObject({ name: null, mayWrite: true });
    // Without the right secret the token is not looked at, so that nothing is told of its owner.
    for (const [secret, why] of [
      ['', 'sends no secret'],
      ['another secret of the test', 'is wrong'],
    ]) {
      expect(await asked(through(viewer, secret))).toEqual({
        ...{ name: null, role: null, mayWrite: false, refusal: 'secret' },
        reason: expect.stringContaining(why) as string,
        remedy: expect.stringContaining('grafana[].secret_file') as string,
      });
    }
    expect(await asked(through(await token({ life: -31 })))).toMatchObject({
      ...{ name: null, mayWrite: false, refusal: 'identity', remedy: null },
    });
    expect(await asked({ 'x-forwarded-for': '10.0.0.1' })).toMatchObject({ refusal: 'write' });
    await grafana.stop();
    clock.advance(25 * 3_600_000);
    expect(await asked(through(await token()))).toMatchObject({ refusal: 'unavailable' });
    expect(served.server.refused.size).toBe(0);
  });
});

describe('a token is refused that', () => {
  test.each([
    ['has expired', { life: -31 }, 'expired'],
    ['another Grafana has made', { issuer: 'http://other.example/' }, 'grafana[].issuer'],
    ['is for another organisation', { audience: 'org:2' }, 'grafana[].org'],
    ['is not valid yet', { claims: { nbf: START / 1000 + 60 } }, 'nbf'],
  ])('%s', async (_what, said: Partial<Said>, why) => {
    const { served, token } = await setUp();
    const { status, error } = await acknowledge(served, through(await token(said)));
    expect([status, error]).toEqual([403, expect.stringContaining(why)]);
    expect(served.server.refused.get('identity')).toBe(1);
  });

  test('was signed with a key that Grafana does not publish', async () => {
    const { served, token } = await setUp();
    const { status, error } = await acknowledge(served, through(await token({}, other)));
    expect([status, error]).toEqual([403, expect.stringContaining('does not publish')]);
  });

  test('was signed with another key under the name of a published one', async () => {
    const { served, token } = await setUp();
    const forged = await token({}, { ...other, kid: key.kid });
    expect((await acknowledge(served, through(forged))).status).toBe(403);
  });

  test('is not signed, or was changed, or is none', async () => {
    const { served, token } = await setUp();
    const unsigned = new UnsecuredJWT({ role: 'Admin', username: 'eve', sub: 'user:1' })
      .setIssuer(ISSUER)
      .setAudience('org:1')
      .setExpirationTime(START / 1000 + 600)
      .encode();
    const [head, , signature] = (await token({ claims: { role: 'Viewer' } })).split('.');
    const [, admin] = (await token({ claims: { role: 'Admin' } })).split('.');
    for (const wrong of [unsigned, `${head}.${admin}.${signature}`, 'a.b.c', 'none']) {
      expect((await acknowledge(served, through(wrong))).status).toBe(403);
    }
    expect(served.errors).toEqual([]);
  });
});

describe('nobody gets in by leaving out', () => {
  test.each([
    ['the token', through(undefined), 'identity', 'X-Grafana-Id'],
    ['the secret', through('a.b.c', ''), 'secret', 'sends no secret'],
    ['both', { 'x-forwarded-for': '10.0.0.1' }, 'write', 'not through a proxy'],
    ['all that a proxy adds', { 'x-kymo-secret': SECRET }, 'identity', 'X-Grafana-Id'],
    ['all but what Grafana adds', { 'x-grafana-referer': '/' }, 'write', 'this machine'],
    [
      'all but the name of the program',
      { 'user-agent': 'Grafana/12.4.0' },
      'write',
      'this machine',
    ],
  ])('%s', async (_what, headers: Record<string, string>, limit, why) => {
    const { served } = await setUp();
    const { status, error } = await acknowledge(served, headers);
    expect([status, error]).toEqual([403, expect.stringContaining(why)]);
    expect(served.server.refused.get(limit)).toBe(1);
  });

  test('a valid token counts only with the right secret', async () => {
    const { served, grafana, token } = await setUp();
    for (const secret of ['', 'another secret of the test', `${SECRET} `.repeat(9)]) {
      expect((await acknowledge(served, through(await token(), secret))).status).toBe(403);
    }
    // Who does not know it cannot make the exporter ask Grafana either.
    expect(grafana.asked).toBe(0);
  });

  test('without a Grafana that is trusted, the remedy is told', async () => {
    const served = await serve({ alerts });
    const { status, error } = await acknowledge(served, through('a.b.c', undefined));
    expect([status, error]).toEqual([403, expect.stringContaining('grafana[].secret_file')]);
  });
});

test('this machine acknowledges under the name that it says, and must say one', async () => {
  const { served } = await setUp();
  expect(await acknowledge(served, {})).toMatchObject({ status: 200, by: 'somebody' });
  const { status, error } = await acknowledge(served, {}, { comment: 'x' });
  expect([status, error]).toEqual([400, expect.stringContaining('by')]);
});

describe('the keys of Grafana', () => {
  test('are asked for once in an hour', async () => {
    const { served, grafana, clock, token } = await setUp();
    for (let i = 0; i < 3; i++) await acknowledge(served, through(await token()));
    expect(grafana.asked).toBe(1);
    clock.advance(3_600_001);
    await acknowledge(served, through(await token()));
    expect(grafana.asked).toBe(2);
  });

  test('are asked for by many requests at a time once', async () => {
    const { served, grafana, token } = await setUp();
    const headers = through(await token());
    await Promise.all(Array.from({ length: 5 }, () => acknowledge(served, headers)));
    expect(grafana.asked).toBe(1);
  });

  test('may change: a new one is looked for, at most every 10 s', async () => {
    const { served, grafana, clock, token } = await setUp();
    expect((await acknowledge(served, through(await token()))).status).toBe(200);
    grafana.keys = [other];
    const headers = through(await token({ life: 60 }, other));
    for (let i = 0; i < 3; i++) expect((await acknowledge(served, headers)).status).toBe(403);
    expect(grafana.asked).toBe(1);
    clock.advance(10_000);
    expect((await acknowledge(served, headers)).status).toBe(200);
    expect(grafana.asked).toBe(2);
    expect((await acknowledge(served, through(await token()))).status).toBe(403);
  });

  test('serve for a day while Grafana is away', async () => {
    const { served, grafana, clock, token } = await setUp();
    expect((await acknowledge(served, through(await token()))).status).toBe(200);
    await grafana.stop();
    clock.advance(23 * 3_600_000);
    expect((await acknowledge(served, through(await token()))).status).toBe(200);
    clock.advance(2 * 3_600_000);
    expect((await acknowledge(served, through(await token()))).status).toBe(503);
  });

  test.each([
    ['is away', undefined],
    ['is in trouble', { status: 500, body: '' }],
    ['answers something else', { status: 200, body: '<html>' }],
    ['answers no keys', { status: 200, body: '{"keys": 1}' }],
  ])('cannot be had when Grafana %s: 503, and again after 10 s', async (_what, answer) => {
    const { served, grafana, clock, token } = await setUp();
    const { url } = grafana;
    if (answer === undefined) await grafana.stop();
    grafana.answer = answer;
    const { status, error } = await acknowledge(served, through(await token()));
    expect([status, error]).toEqual([503, expect.stringContaining(`${url}/api/signing-keys`)]);
    if (answer === undefined) return;
    grafana.answer = undefined;
    clock.advance(10_000);
    expect((await acknowledge(served, through(await token()))).status).toBe(200);
  });
});

test('a secret that could be guessed is refused', async () => {
  const grafanas = [{ url: 'http://127.0.0.1:1', secret: 'short' }];
  await expect(serve({}, { grafanas })).rejects.toThrow(KymoError);
  await expect(serve({}, { grafanas })).rejects.toThrow('openssl rand -hex 32');
});
