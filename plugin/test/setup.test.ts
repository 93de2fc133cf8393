import { describe, expect, test } from 'vitest';
import { checkDatasource, checkScraping, spanOf, type Target } from '../src/pages/setup/checks.js';
import type { Peer, Reply } from '../src/pages/peer.js';
import { reportOf } from '../src/pages/setup/report.js';
import type { Result } from '../src/pages/setup/result.js';

const now = 1_700_000_000_000;
const source = { name: 'cpu', status: 'ok', duration: 0, failures: 0 };
const rule = { name: 'High', health: 'ok', lastError: '' };
const well = {
  '/api/health': { status: 'ok', version: '0.1.0', sources: [source] },
  '/api/stats': { uptime: 7200, history: { bytes: 2 ** 20, pendingBytes: 0, dropped: 0 } },
  '/api/v1/rules': { data: { groups: [{ rules: [rule] }] } },
  '/api/caller': {
    name: 'Ada (ada)',
    role: 'Editor',
    mayWrite: true,
    refusal: null,
    reason: null,
    remedy: null,
  },
  '/api/live/channels': {
    channels: [{ name: 'load', interval: 1000 }],
    grafanas: [{ url: 'http://g', stream: 'kymo', lag: 3, error: null }],
  },
  '/api/v1/query': { data: { resultType: 'scalar', result: [0, String(now / 1000)] } },
};

/** Answers paths with JSON, and anything else with 502. */
const peer = (answers: Readonly<Record<string, unknown>>): Peer => ({
  get: (path): Promise<Reply> =>
    Promise.resolve(
      path in answers
        ? { status: 200, body: answers[path], said: 'no answer', date: now + 100 }
        : { status: 502, body: {}, said: 'Bad Gateway', date: undefined },
    ),
});

const target = (
  answers: Readonly<Record<string, unknown>>,
  change: Partial<Target> = {},
): Target => ({
  uid: 'kymo',
  transport: 'auto',
  exporter: peer(answers),
  grafana: peer({ '/api/health': {} }),
  plugin: '0.1.0',
  hasGrafanaLive: true,
  tryWebSocket: () => Promise.resolve({ epoch: 'e', tick: 1000 }),
  tryChannels: () => Promise.resolve('load'),
  now: () => now,
  ...change,
});

async function look(answers: Readonly<Record<string, unknown>>, change: Partial<Target> = {}) {
  const results = await checkDatasource(target(answers, change));
  const of = (check: string): Result | undefined => results.find((one) => one.check === check);
  return { results, of };
}

describe('the set-up of a datasource', () => {
  test('is fine where all answers', async () => {
    const { results, of } = await look(well);
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['ok']));
    expect(of('exporter')?.detail).toBe('Kymo 0.1.0, up for 2 h, a value every 1 s, epoch e');
    expect(of('clocks')?.detail).toBe('of exporter, Grafana and this browser agree');
  });

  test('says where the exporter is to be looked for, and nothing of what it cannot know', async () => {
    const { results } = await look({});
    expect(results.map(({ check, state }) => [check, state])).toEqual([
      ['datasource', 'failed'],
      ['exporter', 'unknown'],
    ]);
    expect(results[0].detail).toBe('kymo does not reach an exporter (502: Bad Gateway)');
    expect(results[0].remedy).toContain('kymo start');
  });

  test('takes a stranger for no exporter', async () => {
    const { results } = await look({ '/api/health': { database: 'ok' }, '/api/stats': 7 });
    expect(results[0].state).toBe('failed');
  });

  test('says what the exporter knows of a rule file of which no rule is there', async () => {
    const health = { ...well['/api/health'], rules: { error: 'x.yml:1:1: no groups' } };
    const { of } = await look({ ...well, '/api/health': health });
    expect(of('rules')).toMatchObject({ state: 'warning', detail: 'x.yml:1:1: no groups' });
  });

  test('warns of what is wrong with an exporter that answers', async () => {
    const sick = {
      ...well,
      '/api/health': {
        status: 'degraded',
        version: '0.2.0',
        sources: [{ ...source, status: 'failed', error: 'no /proc' }],
        history: { error: 'disk is full' },
      },
      '/api/v1/rules': {
        data: { groups: [{ rules: [{ ...rule, health: 'err', lastError: 'x' }] }] },
      },
      '/api/caller': 'what',
      '/api/v1/query': { data: { result: [0, String(now / 1000 + 60)] } },
    };
    const { results, of } = await look(sick);
    const bad = ['plugin', 'sources', 'history', 'rules', 'caller', 'clocks'];
    for (const check of bad) {
      expect([check, of(check)?.state]).not.toEqual([check, 'ok']);
      expect(of(check)?.remedy).toBeTruthy();
    }
    expect(of('clocks')?.detail).toContain('of exporter and this browser differ by 60 s');
    expect(results.filter(({ state }) => state === 'ok').length).toBeGreaterThan(3);
  });

  test.each([
    ['auto', true, true, 'ok', 'over WebSocket, which was chosen by itself'],
    ['auto', false, true, 'warning', 'channels through Grafana Live, the rest by polling'],
    ['auto', false, false, 'warning', 'values come by polling'],
    ['websocket', true, true, 'ok', 'over WebSocket, as the datasource is set'],
    ['websocket', false, true, 'warning', 'values come by polling'],
    ['live', true, true, 'ok', 'the rest over WebSocket'],
    ['live', true, false, 'warning', 'all comes over WebSocket, though'],
    ['polling', true, true, 'ok', 'by polling, as the datasource is set'],
  ])('set to %s, WebSocket %s, Live %s: %s', async (transport, websocket, live, state, says) => {
    const { of } = await look(well, {
      transport,
      ...(!websocket && { tryWebSocket: () => Promise.resolve('it was closed with 1006') }),
      tryChannels: () => Promise.resolve(live ? 'load' : undefined),
    });
    expect(of('transport')?.state).toBe(state);
    expect(of('transport')?.detail).toContain(says);
    expect(of('stream')?.state).toBe(websocket ? 'ok' : 'warning');
  });

  test('does not warn of channels that nobody wants', async () => {
    const { of } = await look({ ...well, '/api/live/channels': { channels: [], grafanas: [] } });
    expect(of('channels')?.state).toBe('unknown');
  });
});

describe('the set-up', () => {
  test('asks the first Prometheus that is none of ours whether it scrapes', async () => {
    const ours = peer({ '/api/v1/status/buildinfo': { data: { application: 'Kymo' } } });
    const sample = { metric: { instance: 'vm:9797' }, value: [0, '0.5'] };
    const query = (result: unknown[]) => ({ status: 'success', data: { result } });
    const scraping = peer({ '/api/v1/query': query([sample]) });
    expect((await checkScraping([ours])).state).toBe('unknown');
    expect((await checkScraping([ours, peer({})])).state).toBe('unknown');
    expect((await checkScraping([ours, peer({ '/api/v1/query': query([]) })])).state).toBe(
      'failed',
    );
    expect(await checkScraping([peer({ '/api/v1/query': query([]) }), scraping])).toEqual({
      check: 'scraping',
      state: 'ok',
      detail: 'vm:9797, the last time 0.5 s ago',
    });
  });

  test('is a text that can be sent to somebody', () => {
    const results: Result[] = [
      { check: 'stream', state: 'ok', detail: 'it passes' },
      { check: 'rules', state: 'warning', detail: 'one fails', remedy: 'mend it' },
    ];
    const sections = [
      { id: 'kymo', title: 'Kymo', results },
      { id: 'other', title: 'Other', results: undefined },
    ];
    expect(reportOf(sections, new Date(now))).toBe(
      [
        'Kymo set-up, 2023-11-14T22:13:20.000Z: 1 ok, 1 warning, 0 failed',
        '',
        'Kymo',
        'ok         stream  it passes',
        'warning    rules   one fails',
        '                   > mend it',
        '',
        'Other',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [5, '5 s'],
    [90, '1.5 min'],
    [3600, '1 h'],
    [200_000, '2.3 d'],
  ])('%d seconds are %s', (seconds, text) => expect(spanOf(seconds)).toBe(text));
});
