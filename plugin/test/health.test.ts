import { describe, expect, test } from 'vitest';
import { checkHealth, type Checked } from '../src/datasource/health.js';
import { QueryError } from '../src/datasource/live/past.js';

const channels = {
  channels: [{}, {}],
  grafanas: [{ url: 'http://g', stream: 'kymo', error: null }],
};

const healthy = {
  time: async () => 0,
  version: async (): Promise<string | undefined> => '0.1.3',
  channels: async (): Promise<unknown> => channels,
};

const check = (change: Partial<Checked> = {}, client: Partial<Checked['client']> = {}) =>
  checkHealth({
    client: { ...healthy, ...client },
    connects: async () => true,
    now: () => 0,
    transport: 'auto',
    hasGrafanaLive: () => true,
    version: '0.1.0',
    caller: async () => ({ mayWrite: true, reason: null }),
    role: 'Admin',
    ...change,
  });

describe('the health check', () => {
  test('says how values come', async () => {
    expect(await check()).toEqual({
      status: 'success',
      message: 'Kymo 0.1.3 answers; values come live over WebSocket.',
    });
    const { message } = await check({ transport: 'polling', connects: async () => false });
    expect(message).toBe('Kymo 0.1.3 answers; values are polled for, as is set here.');
  });

  test('fails where nothing answers, or what answers is no exporter', async () => {
    const down = async () => {
      throw new QueryError('Grafana cannot reach the exporter (502).', { final: false });
    };
    expect(await check({}, { time: down })).toEqual({
      status: 'error',
      message: 'Grafana cannot reach the exporter (502).',
    });
    const other = await check({}, { version: async () => undefined });
    expect(other.status).toBe('error');
  });

  test.each<[string, Partial<Checked>, RegExp]>([
    ['no WebSocket passes', { connects: async () => false }, /no WebSocket passes, .* polled for/],
    ['versions are apart', { version: '0.2.0' }, /The plugin is 0.2.0: bring it/],
    ['clocks are apart', { now: () => 60_000 }, /differ by 60 s/],
    [
      'the secret is not that of the exporter',
      { caller: async () => ({ mayWrite: false, reason: 'the datasource sends no secret' }) },
      /cannot be acknowledged\. The datasource sends no secret\.$/,
    ],
    ['Live is off', { transport: 'live', hasGrafanaLive: () => false }, /Live is switched off/],
    ['all is well', { transport: 'live' }, /2 expressions come through Grafana Live\.$/],
  ])('says so where %s', async (_, change, said) => {
    const { status, message } = await check(change);
    expect(status).toBe('success');
    expect(message).toMatch(said);
  });

  test.each<[string, unknown, RegExp]>([
    ['no Grafana is pushed to', { ...channels, grafanas: [] }, /pushes to no Grafana/],
    ['there are no channels', { ...channels, channels: [] }, /has no channels/],
    ['pushing fails', { ...channels, grafanas: [{ error: '401' }] }, /cannot push .*: 401/],
    ['the answer is of no use', 'nonsense', /pushes to no Grafana/],
  ])('says of Grafana Live where %s', async (_, answer, said) => {
    const { message } = await check({ transport: 'live' }, { channels: async () => answer });
    expect(message).toMatch(said);
  });

  test('goes on where the exporter says nothing of channels or of the caller', async () => {
    const fails = () => Promise.reject(new Error('busy'));
    const { status, message } = await check(
      { transport: 'live', caller: fails },
      { channels: fails },
    );
    expect(status).toBe('success');
    expect(message).toMatch(/is not known: busy$/);
  });
});
