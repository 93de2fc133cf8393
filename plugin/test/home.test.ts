import { describe, expect, test } from 'vitest';
import { dashboardsOf } from '../src/pages/answers.js';
import { lookAt } from '../src/pages/home/exporter.js';
import type { Peer, Reply } from '../src/pages/peer.js';
import { countsOf } from '../src/shared/alert-standing.js';

const source = { name: 'cpu', status: 'ok', duration: 0, failures: 0 };
const health = { status: 'ok', version: '0.1.0', sources: [source] };
const well = {
  '/api/health': health,
  '/api/stats': { uptime: 7200, series: { count: 512, limit: 50_000 } },
  '/api/v1/query': { data: { resultType: 'scalar', result: [0, '1'] } },
  '/api/alerts/summary': { total: 0, counts: [] },
  '/api/caller': { mayWrite: true, refusal: null },
};

/** Answers paths with JSON, and anything else with 502; `asked` are those that it was asked for. */
function peer(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const get = (path: string): Promise<Reply> => {
    asked.push(path);
    return Promise.resolve(
      path in answers
        ? { status: 200, body: answers[path], said: 'no answer', date: undefined }
        : { status: 502, body: {}, said: 'Bad Gateway', date: undefined },
    );
  };
  return { asked, get } satisfies Peer & { asked: string[] };
}

const look = (change: Readonly<Record<string, unknown>>, role = 'Editor') =>
  lookAt('kymo', peer({ ...well, ...change }), role);

describe('an exporter on the home page', () => {
  test('is well, with its figures', async () => {
    expect(await look({})).toEqual({
      condition: 'ok',
      findings: [],
      figures: ['version 0.1.0', 'up for 2 h', '512 series', '1 live client'],
      alerts: [],
      whyNot: undefined,
    });
  });

  test('is degraded, with what has failed and what to do', async () => {
    const failed = { ...source, name: 'disk', status: 'failed', error: 'no such file' };
    const { condition, findings } = await look({
      '/api/health': {
        ...health,
        status: 'degraded',
        sources: [source, failed],
        history: { error: 'disk full' },
        rules: { error: 'rules.yml:3:9: no expression' },
      },
    });
    expect(condition).toBe('degraded');
    const told = ['disk: no such file', 'disk full', 'rules.yml:3:9: no expression'];
    expect(findings.map(({ detail }) => detail)).toEqual(told);
    for (const { remedy } of findings) expect(remedy).toBeTruthy();
  });

  test.each(['degraded', 'limping'])('is degraded where it says %s and not why', async (status) => {
    const { condition, findings } = await look({ '/api/health': { ...health, status } });
    expect(condition).toBe('degraded');
    expect(findings).toMatchObject([{ detail: `it is ${status}` }]);
  });

  test.each(['starting', 'draining'])('is to be waited for while %s', async (status) => {
    const { condition, findings } = await look({ '/api/health': { ...health, status } });
    expect(condition).toBe('waiting');
    expect(findings).toMatchObject([{ detail: `it is ${status}` }]);
  });

  test('is asked nothing more where it does not answer', async () => {
    const gone = peer({});
    const { condition, findings, figures, alerts } = await lookAt('kymo', gone, 'Editor');
    expect(condition).toBe('unreachable');
    expect(findings[0]?.detail).toBe('kymo does not reach an exporter (502: Bad Gateway)');
    expect(findings[0]?.remedy).toMatch(/start the exporter/);
    expect([figures, alerts]).toEqual([[], undefined]);
    expect(gone.asked).toEqual(['/api/health']);
  });

  test.each([
    [0, /start the exporter/],
    [200, /something else is there; mend the URL/],
    [400, /asks for a login/],
    [401, /asks for a login/],
    [403, /ask an administrator of Grafana/],
    [404, /something else is there; mend the URL/],
    [502, /start the exporter/],
  ])('that does not answer, but %i, has a remedy that fits', async (status, remedy) => {
    const reply = { status, body: undefined, said: 'so', date: undefined };
    const { findings } = await lookAt('kymo', { get: () => Promise.resolve(reply) }, 'Editor');
    expect(findings[0]?.remedy).toMatch(remedy);
  });

  test.each([undefined, 'Not Found', { database: 'ok', version: '12.4.0' }, []])(
    'is not taken for what answers %j',
    async (body) => {
      expect((await look({ '/api/health': body })).condition).toBe('unreachable');
    },
  );

  test('is shown with what it tells where it does not tell all', async () => {
    const asked = peer({ '/api/health': health });
    const { condition, figures, alerts, whyNot } = await lookAt('kymo', asked, 'Editor');
    expect({ condition, figures, alerts, whyNot }).toEqual({
      condition: 'ok',
      figures: ['version 0.1.0'],
      alerts: undefined,
      whyNot: undefined,
    });
  });

  test('is said to take no changes to who could make them, and not to who only looks', async () => {
    const caller = {
      ...{ name: null, role: null, mayWrite: false, refusal: 'secret' },
      ...{ reason: 'the datasource sends no secret', remedy: 'set it' },
    };
    const as = async (role: string) => {
      const { condition, whyNot } = await look({ '/api/caller': caller }, role);
      expect(condition).toBe('ok');
      return whyNot;
    };
    expect(await as('Admin')).toBe('The datasource sends no secret. Set it.');
    expect(await as('Editor')).toMatch(/Ask an administrator .* one secret/);
    expect(await as('Viewer')).toBeUndefined();
  });

  test('has its alerts counted by severity while they last and nobody has taken them on', async () => {
    const kind = (
      state: unknown,
      severity: string | null,
      count: unknown,
      acknowledged = false,
    ) => ({
      ...{ state, severity, acknowledged, count },
    });
    const { alerts = [] } = await look({
      '/api/alerts/summary': {
        total: 10_012,
        counts: [
          kind('firing', 'info', 10_000),
          kind('firing', 'critical', 1),
          kind('recovering', 'critical', 1),
          kind('firing', null, 3),
          kind('firing', 'critical', 2, true),
          kind('pending', 'critical', 4),
          kind('inactive', 'critical', 1),
          kind(7, null, 1),
          kind('firing', 'critical', 'many'),
          null,
        ],
      },
    });
    expect(countsOf(alerts)).toEqual([
      { standing: 'critical', count: 2 },
      { standing: 'warning', count: 3 },
      { standing: 'info', count: 10_000 },
      { standing: 'pending', count: 4 },
      { standing: 'acknowledged', count: 2 },
    ]);
  });
});

test('dashboards are those that a search has found', () => {
  const found = { uid: 'kymo-host', title: 'Host' };
  expect(dashboardsOf([{ ...found, url: '/d/kymo-host' }, { uid: 'x' }, null])).toEqual([found]);
  expect(dashboardsOf({ message: 'Unauthorized' })).toBeUndefined();
});
