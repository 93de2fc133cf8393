import { request } from 'node:http';
import type { CallerAnswer } from '@kymo/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasGrafana, until } from './processes.js';
import { SECRET, startTrustedGrafana, users, type Role, type Trusted } from './trusted-grafana.js';

/**
 * Who may make changes through a real Grafana: through our datasource with the shared secret, through
 * the same without it, and through Grafana's own Prometheus datasource.
 */
const here = hasGrafana('the tests of who may make changes through a real Grafana');

describe.skipIf(!here)('through a real Grafana', { timeout: 60_000 }, () => {
  let peers: Trusted;

  beforeAll(async () => {
    peers = await startTrustedGrafana();
  }, 180_000);

  afterAll(() => peers.stop());

  interface Asked {
    readonly as: Role;
    readonly method?: string;
    readonly uid?: string;
    readonly body?: object;
    readonly headers?: Record<string, string>;
    /** Whether it goes through the datasource's backend instead of the proxy. */
    readonly resource?: boolean;
  }

  /** Sent by hand: fetch takes no headers that concern the connection. */
  function ask(
    pathname: string,
    { as, method = 'GET', uid = 'kymo', body, headers, resource = false }: Asked,
  ): Promise<{ status: number; text: string }> {
    const prefix = resource
      ? `/api/datasources/uid/${uid}/resources`
      : `/api/datasources/proxy/uid/${uid}`;
    return new Promise((resolve, reject) => {
      const sent = request(
        peers.grafana.url + prefix + pathname,
        {
          method,
          headers: {
            authorization: users[as].authorization,
            'content-type': 'application/json',
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  const changes: [method: string, path: string, body?: object][] = [
    ['POST', '/api/alerts/0123456789abcdef/acknowledge', { comment: 'mine' }],
    ['DELETE', '/api/alerts/0123456789abcdef/acknowledge'],
    ['POST', '/api/rules', { rule: { alert: 'Mine', expr: 'up == 1' } }],
    ['DELETE', '/api/rules/a1'],
    ['POST', '/-/reload'],
    ['POST', '/api/v1/write'],
  ];

  test('who asks is known', async () => {
    const callers: Record<string, CallerAnswer> = {};
    for (const as of ['Viewer', 'Editor', 'Admin'] as const) {
      callers[as] = JSON.parse((await ask('/api/caller', { as })).text) as CallerAnswer;
    }
    const { Viewer, Editor, Admin } = callers;
    expect(Editor).toMatchObject({ name: 'Editor of the test (ada)', role: 'Editor' });
    expect(Admin).toMatchObject({ name: 'Admin of the test (adam)', mayWrite: true });
    expect(Viewer).toMatchObject({ mayWrite: false, role: 'Viewer', refusal: 'role' });
    expect(Viewer?.reason).toContain('Viewer of the test (vera) has the role Viewer');
  });

  test('a missing secret is told apart from a role, and nothing of the user is told', async () => {
    for (const as of ['Viewer', 'Editor'] as const) {
      const { text } = await ask('/api/caller', { as, uid: 'open' });
      const refused = { name: null, role: null, mayWrite: false, refusal: 'secret' };
      expect(JSON.parse(text)).toMatchObject(refused);
    }
  });

  test.each(changes)('a Viewer is refused %s %s, but not reading', async (method, to, body) => {
    const { status, text } = await ask(to, { as: 'Viewer', method, body });
    expect([status, text]).toEqual([403, expect.stringContaining('Editor')]);
    expect((await ask('/api/alerts', { as: 'Viewer' })).status).toBe(200);
  });

  test.each([
    ['takes Grafana’s headers off', { connection: 'X-Grafana-Id, X-Forwarded-For, X-Kymo-Secret' }],
    ['brings a secret and a name', { 'x-kymo-secret': SECRET, 'x-grafana-id': 'a.b.c' }],
  ])('a Viewer who %s is refused as well', async (_what, headers) => {
    for (const uid of ['kymo', 'open']) {
      const { status } = await ask('/-/reload', { as: 'Viewer', method: 'POST', headers, uid });
      expect(status).toBe(403);
    }
  });

  test('nobody changes anything through a datasource without the secret', async () => {
    for (const as of ['Viewer', 'Editor', 'Admin'] as const) {
      const { status, text } = await ask('/-/reload', { as, method: 'POST', uid: 'open' });
      expect([status, text]).toEqual([403, expect.stringContaining('sends no secret')]);
    }
  });

  test.each([
    ['proxy', false],
    ['backend', true],
  ])('nor through the %s of Grafana’s own datasource', async (_way, resource) => {
    for (const [method, to, body] of changes) {
      for (const as of ['Viewer', 'Admin'] as const) {
        const { status } = await ask(to, { as, method, body, uid: 'stock', resource });
        expect([method, to, status]).toEqual([method, to, 403]);
      }
    }
  });

  test('an Editor and an Admin acknowledge, and the alert says who it was', async () => {
    for (const as of ['Editor', 'Admin'] as const) {
      const rule = { alert: `Up${as}`, expr: 'up == 1' };
      const made = await ask('/api/rules', { as, method: 'POST', body: { rule } });
      expect([made.status, made.text]).toEqual([201, expect.stringContaining(`Up${as}`)]);
      interface Shown {
        rule: { name: string };
        fingerprint: string;
        acknowledgement: { by: string; comment: string } | null;
      }
      const find = async (): Promise<Shown | undefined> => {
        const { text } = await ask('/api/alerts', { as: 'Viewer' });
        const { alerts } = JSON.parse(text) as { alerts: Shown[] };
        return alerts.find((shown) => shown.rule.name === rule.alert);
      };
      await until('the alert fires', async () => (await find()) !== undefined);
      const to = `/api/alerts/${(await find())?.fingerprint}/acknowledge`;
      const said = { by: 'somebody else', comment: 'mine' };
      expect((await ask(to, { as, method: 'POST', body: said })).status).toBe(200);
      const login = as === 'Editor' ? 'ada' : 'adam';
      expect((await find())?.acknowledgement).toMatchObject({
        by: `${as} of the test (${login})`,
        comment: 'mine',
      });
      expect((await ask(to, { as, method: 'DELETE' })).status).toBe(200);
      expect((await find())?.acknowledgement ?? null).toBeNull();
    }
  });

  test('what is refused is counted', async () => {
    const page = await (await fetch(`${peers.kymo.url}/metrics`)).text();
    for (const limit of ['role', 'secret']) {
      expect(page).toMatch(
        new RegExp(`kymo_http_refused_requests_total\\{limit="${limit}"\\} \\d`),
      );
    }
  });
});
