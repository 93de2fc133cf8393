import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallerAnswer } from '@kymo/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grafanaHome, startGrafana, startKymoWith, until, type Running } from './processes.js';
import { startRelay, type Relay } from './relay.js';

/**
 * Who may make changes through a real Grafana: through our datasource with the shared secret, through
 * the same without it, and through Grafana's own Prometheus datasource.
 */
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SECRET = '0123456789abcdef0123456789abcdef';
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const admin = basic('admin', 'admin');
const users = {
  Viewer: basic('vera', 'only-looks'),
  Editor: basic('ada', 'may-change'),
  Admin: basic('adam', 'may-do-all'),
} as const;
type Role = keyof typeof users;

if (grafanaHome === undefined) {
  process.stderr.write(
    '\n*** GRAFANA_HOME is not set: the tests of who may make changes DID NOT RUN. ***\n\n',
  );
}

describe.skipIf(grafanaHome === undefined)('through a real Grafana', { timeout: 60_000 }, () => {
  const plugins = mkdtempSync(path.join(tmpdir(), 'kymo-plugins-'));
  let relay: Relay;
  let grafana: Running;
  let kymo: Running;

  beforeAll(async () => {
    const build = spawnSync(process.execPath, ['plugin/build.js'], { cwd: root, encoding: 'utf8' });
    expect(build.stderr).toBe('');
    symlinkSync(path.join(root, 'plugin/dist'), path.join(plugins, 'kymo-live-app'));
    // Grafana and exporter each want the address of the other.
    relay = await startRelay('http://127.0.0.1:1');
    const datasource = { access: 'proxy', url: relay.url, orgId: 1 };
    const secret = {
      jsonData: { httpHeaderName1: 'X-Kymo-Secret' },
      secureJsonData: { httpHeaderValue1: SECRET },
    };
    grafana = await startGrafana(
      {
        'datasources/kymo.yaml': {
          apiVersion: 1,
          datasources: [
            { ...datasource, name: 'Kymo', uid: 'kymo', type: 'kymo-live-datasource', ...secret },
            { ...datasource, name: 'Open', uid: 'open', type: 'kymo-live-datasource' },
            { ...datasource, name: 'Stock', uid: 'stock', type: 'prometheus' },
          ],
        },
        'plugins/kymo.yaml': {
          apiVersion: 1,
          apps: [{ type: 'kymo-live-app', org_id: 1, disabled: false }],
        },
      },
      {
        GF_PATHS_PLUGINS: plugins,
        GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: 'kymo-live-app,kymo-live-datasource',
      },
    );
    const { port } = new URL(grafana.url);
    kymo = await startKymoWith(
      {
        KYMO_GRAFANA_URL: grafana.url,
        // Grafana goes by its root URL, which is not the address that it is reached at here.
        KYMO_GRAFANA_ISSUER: `http://localhost:${port}/`,
        KYMO_GRAFANA_SECRET: SECRET,
      },
      'start',
    );
    relay.target = kymo.url;
    for (const [role, authorization] of Object.entries(users)) await addUser(role, authorization);
  }, 180_000);

  afterAll(async () => {
    await grafana.stop();
    await relay.close();
    await kymo.stop();
    rmSync(plugins, { recursive: true, force: true });
  });

  async function addUser(role: string, authorization: string): Promise<void> {
    const [login, password] = atob(authorization.slice(6)).split(':');
    const headers = { authorization: admin, 'content-type': 'application/json' };
    const made = await fetch(`${grafana.url}/api/admin/users`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: `${role} of the test`, login, password }),
    });
    const { id } = (await made.json()) as { id: number };
    const changed = await fetch(`${grafana.url}/api/org/users/${id}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ role }),
    });
    expect(changed.status).toBe(200);
  }

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
        grafana.url + prefix + pathname,
        {
          method,
          headers: { authorization: users[as], 'content-type': 'application/json', ...headers },
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
    expect(Viewer).toMatchObject({ mayWrite: false });
    expect(Viewer?.reason).toContain('Viewer of the test (vera) has the role Viewer');
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
    const page = await (await fetch(`${kymo.url}/metrics`)).text();
    for (const limit of ['role', 'secret']) {
      expect(page).toMatch(
        new RegExp(`kymo_http_refused_requests_total\\{limit="${limit}"\\} \\d`),
      );
    }
  });
});
