import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clockFindings, type Finding } from '@kymo/contract/findings';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { runCommandLine } from '../../src/commands/command-line.js';
import { commands } from '../../src/commands/index.js';
import { version } from '../../src/lib/version.js';

const open: Server[] = [];
afterEach(async () => {
  await Promise.all(
    open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  );
});

type Answers = Readonly<Record<string, unknown>>;
interface Options {
  /** Path of the WebSocket that greets. */
  readonly live?: string;
  /** The only header `Authorization` that is taken, but for `/api/health`. */
  readonly authorization?: string;
}

/** A server that answers paths with JSON, a number with that status, and anything else with 404. */
async function serve(answers: Answers, { live, authorization }: Options = {}): Promise<string> {
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    const found = Object.entries(answers).find(([one]) => url.split('?')[0] === one)?.[1] ?? 404;
    const refused = authorization !== undefined && request.headers.authorization !== authorization;
    const answer = refused && url !== '/api/health' ? 401 : found;
    response.writeHead(typeof answer === 'number' ? answer : 200, { connection: 'close' });
    response.end(JSON.stringify(typeof answer === 'number' ? { message: 'no' } : answer));
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== live || request.headers.authorization !== authorization) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => client.send('{"type":"hello"}'));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function kymo(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await runCommandLine(commands, {
    args: ['doctor', ...args],
    environment,
    print: (text) => (out += text),
    complain: (text) => (err += text),
  });
  return { code, out, err };
}

async function findings(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; of: (check: string) => Finding | undefined; states: string[] }> {
  const { code, out } = await kymo([...args, '--json'], environment);
  const found = (JSON.parse(out) as { readonly findings: readonly Finding[] }).findings;
  return {
    code,
    of: (check) => found.find((finding) => finding.check === check),
    states: found.map(({ check, state }) => `${check} ${state}`),
  };
}

const source = { name: 'cpu', status: 'ok', duration: 0, failures: 0 };
const stats = {
  uptime: 1,
  tick: { interval: 1000, number: 1, count: 1, late: 0, clockSetBack: 0 },
  series: { count: 1, limit: 9 },
  memory: { used: 1, budget: 9 },
  ...{ samples: {}, dropped: {}, refused: {} },
  history: { bytes: 2 ** 20, pendingBytes: 0, dropped: 0 },
};
const rule = { name: 'High', health: 'ok', lastError: '' };
const exporter = {
  '/api/health': { status: 'ok', version, sources: [source] },
  '/-/ready': {},
  '/api/stats': stats,
  '/api/v1/rules': { data: { groups: [{ rules: [rule] }] } },
  '/api/live/channels': { channels: [], grafanas: [] },
};

const PROXY = '/api/datasources/proxy/uid/kymo';
const USER = { KYMO_GRAFANA_USER: 'ada:secret' };
const AUTHORIZATION = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
const app = '/api/plugins/kymo-live-app/settings';
const frontend = (type = 'kymo-live-datasource', uid = 'kymo', liveEnabled = true): object => ({
  liveEnabled,
  datasources: { Kymo: { uid, type }, Other: { uid: 'x', type: 'prometheus' } },
});
const grafana = {
  '/api/health': { database: 'ok', version: '12.4.0' },
  '/api/frontend/settings': frontend(),
  [app]: { enabled: true, info: { version } },
  [`${PROXY}/api/health`]: { version },
  [`${PROXY}/api/caller`]: {
    name: 'Ada (ada)',
    role: 'Editor',
    mayWrite: true,
    refusal: null,
    reason: null,
    remedy: null,
  },
};
const options = { live: `${PROXY}/api/live`, authorization: AUTHORIZATION };

describe('kymo doctor', () => {
  it('finds nothing to mend where all is well', async () => {
    const pushed = { grafanas: [{ url: 'http://g', lag: 3, error: null }] };
    const prometheus = {
      '/api/v1/query': {
        status: 'success',
        data: { result: [{ metric: { instance: 'vm' }, value: [0, '0.5'] }] },
      },
    };
    const { code, states } = await findings(
      [
        `--exporter-url=${await serve({ ...exporter, '/api/live/channels': pushed })}`,
        '--prometheus-url',
        await serve(prometheus),
        '--grafana-url',
        await serve(grafana, options),
      ],
      USER,
    );
    expect(code).toBe(0);
    expect(states).toEqual([
      ...['exporter ok', 'version ok', 'ready ok', 'sources ok', 'history ok', 'rules ok'],
      ...['prometheus ok', 'scraping ok'],
      ...['grafana ok', 'plugin ok', 'live ok', 'datasource ok', 'stream ok', 'caller ok'],
      ...['channels ok', 'clocks ok'],
    ]);
  });

  it('writes a table with remedies', async () => {
    const failing = { ...source, status: 'failed', error: 'EACCES: /proc/stat' };
    const url = await serve({
      ...exporter,
      '/api/health': { ...exporter['/api/health'], sources: [failing] },
    });
    const { code, out } = await kymo(['--exporter-url', url]);
    expect(code).toBe(0);
    expect(out).toMatch(/^warning +sources +cpu: EACCES: \/proc\/stat\n +> mend what it says/m);
    expect(out).toMatch(/5 ok, 1 warnings, 0 failed\n$/);
  });

  it('says what is wrong with an exporter', async () => {
    const url = await serve({
      ...exporter,
      '/api/health': { ...exporter['/api/health'], version: '0.0.1', history: { error: 'ENOSPC' } },
      '/-/ready': 503,
      '/api/v1/rules': {
        data: { groups: [{ rules: [{ ...rule, health: 'err', lastError: 'x' }] }] },
      },
    });
    const { code, of } = await findings(['--exporter-url', url]);
    expect(code).toBe(1);
    expect(of('version')).toMatchObject({ state: 'warning' });
    expect(of('ready')).toMatchObject({ state: 'failed' });
    expect(of('history')).toMatchObject({ state: 'failed', detail: 'ENOSPC' });
    expect(of('rules')).toMatchObject({ state: 'warning', detail: 'High fails: x' });
    const { history, ...without } = stats;
    expect(history).toBeDefined();
    const forgetful = await findings([
      '--exporter-url',
      await serve({ ...exporter, '/api/stats': without }),
    ]);
    expect(forgetful.of('history')).toMatchObject({ state: 'warning' });
  });

  it('tells no answer from the answer of something else', async () => {
    const nobody = await serve({});
    await Promise.all(open.splice(0).map((s) => new Promise((resolve) => s.close(resolve))));
    const gone = await findings(['--exporter-url', nobody, '--grafana-url', nobody]);
    expect(gone.code).toBe(1);
    expect(gone.of('exporter')?.detail).toContain('does not answer: connect ECONNREFUSED');
    expect(gone.of('grafana')?.detail).toContain('does not answer');
    const other = await serve({ '/api/health': { hello: 'world' } });
    const odd = await findings(['--exporter-url', other, '--grafana-url', other]);
    expect(odd.of('exporter')?.detail).toContain('not as a Kymo exporter');
    expect(odd.of('grafana')?.detail).toContain('not as Grafana');
  });

  const empty = { status: 'success', data: { result: [] } };
  it.each([
    [{}, 'prometheus', 'failed', 'does not answer a query'],
    [{ '/api/v1/query': empty }, 'scraping', 'failed', 'no exporter is scraped'],
    [
      {
        '/api/v1/query': empty,
        '/api/v1/targets': {
          data: {
            activeTargets: [
              {
                health: 'down',
                labels: { job: 'kymo' },
                scrapeUrl: 'http://k',
                lastError: 'refused',
              },
            ],
          },
        },
      },
      ...(['scraping', 'failed', 'http://k is down: refused'] as const),
    ],
    [
      {
        '/api/v1/query': {
          status: 'success',
          data: { result: [{ metric: {}, value: [0, '500'] }] },
        },
      },
      ...(['scraping', 'warning', '500.0 s ago'] as const),
    ],
  ])('says what is wrong with a Prometheus: %#', async (answers, check, state, detail) => {
    const { of } = await findings([
      ...['--exporter-url', await serve(exporter)],
      ...['--prometheus-url', await serve(answers)],
    ]);
    expect(of(check)).toMatchObject({ state });
    expect(of(check)?.detail).toContain(detail);
  });

  const refused = {
    name: null,
    role: null,
    mayWrite: false,
    refusal: 'secret',
    reason: 'the datasource sends no secret',
    remedy: 'set the same secret on both sides',
  };
  it.each<[string, Answers, string, Finding['state'], string]>([
    [
      'old',
      { '/api/health': { database: 'ok', version: '12.2.9' } },
      'grafana',
      'failed',
      '12.2.9 is older',
    ],
    ['no plugin', { [app]: 404 }, 'plugin', 'failed', 'kymo-live-app is not loaded'],
    [
      'unsigned',
      {
        [app]: 404,
        '/api/plugins/errors': [{ pluginId: 'kymo-live-app', errorCode: 'signatureMissing' }],
      },
      ...(['plugin', 'failed', 'not loaded: signatureMissing'] as const),
    ],
    ['off', { [app]: { enabled: false, info: { version } } }, 'plugin', 'failed', 'not enabled'],
    [
      'another',
      { [app]: { enabled: true, info: { version: '9' } } },
      'plugin',
      'warning',
      'the plugin is 9',
    ],
    ['may not look', { [app]: 403 }, 'plugin', 'warning', 'may not look at plugins'],
    [
      'no Live',
      { '/api/frontend/settings': frontend(undefined, undefined, false) },
      'live',
      'warning',
      'is off',
    ],
    [
      'no datasource',
      { '/api/frontend/settings': frontend('loki') },
      'datasource',
      'failed',
      'there is none',
    ],
    [
      'wrong address',
      { [`${PROXY}/api/health`]: 502 },
      'datasource',
      'failed',
      'does not reach an exporter (502',
    ],
    ['no secret', { [`${PROXY}/api/caller`]: refused }, 'caller', 'warning', 'sends no secret'],
  ])('says what is wrong with a Grafana: %s', async (_what, answers, check, state, detail) => {
    const url = await serve({ ...grafana, ...answers }, options);
    const { of } = await findings(
      ['--exporter-url', await serve(exporter), '--grafana-url', url],
      USER,
    );
    expect(of(check)).toMatchObject({ state });
    expect(of(check)?.detail).toContain(detail);
    if (state !== 'ok') expect(of(check)?.remedy).toBeTruthy();
  });

  it('says that no WebSocket passes, and that channels do not arrive', async () => {
    const pushed = { grafanas: [{ url: 'http://g', lag: null, error: '401 Unauthorized' }] };
    const { of } = await findings(
      [
        ...['--exporter-url', await serve({ ...exporter, '/api/live/channels': pushed })],
        ...['--grafana-url', await serve(grafana, { authorization: AUTHORIZATION })],
      ],
      USER,
    );
    expect(of('stream')).toMatchObject({ state: 'warning' });
    expect(of('channels')).toMatchObject({ state: 'failed', detail: 'http://g: 401 Unauthorized' });
  });

  it('takes credentials from the environment alone, and does without', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kymo-doctor-'));
    try {
      const file = path.join(folder, 'token');
      writeFileSync(file, 'glsa_1\n');
      const [kymoUrl, url] = [
        await serve(exporter),
        await serve(grafana, { ...options, authorization: 'Bearer glsa_1' }),
      ];
      const args = ['--exporter-url', kymoUrl, '--grafana-url', url];
      const ways: Record<string, string>[] = [
        { KYMO_GRAFANA_TOKEN: 'glsa_1' },
        { KYMO_GRAFANA_TOKEN_FILE: file },
      ];
      for (const environment of ways) {
        expect((await findings(args, environment)).of('stream')).toMatchObject({ state: 'ok' });
      }
      expect((await findings(args)).of('credentials')).toMatchObject({ state: 'warning' });
      const wrong = await kymo(args, { KYMO_GRAFANA_TOKEN: 'glsa_2' });
      expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('FAILED')]);
      expect(wrong.out).not.toContain('glsa_2');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    [['--grafana-url', 'ftp://x'], 'takes a URL with http or https'],
    [['--grafana-url', 'http://a:b@x'], 'belong into the environment'],
    [['--wat'], 'there is no flag --wat here'],
    [['x'], '"x" is not expected'],
  ])('%j is wrong use', async (args, message) => {
    const { code, err } = await kymo(args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('compares clocks', () => {
    expect(clockFindings({ exporter: 0, Grafana: 4000 })).toMatchObject([
      { state: 'ok', detail: 'of exporter and Grafana agree' },
    ]);
    const all = { exporter: 9000, Grafana: -1000, 'this browser': 0 };
    expect(clockFindings(all)[0].detail).toContain('of exporter and Grafana differ by 10 s');
    expect(clockFindings({ exporter: undefined, Grafana: 0 })).toEqual([]);
  });
});
