import { expect, test } from 'vitest';
import { kymoOptions } from '../../src/commands/kymo-options.js';
import { changedSettings, exporterSettings } from '../../src/commands/settings.js';
import { completeConfig, type PartialConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/settings.js';
import { collectors, systemSources } from '../../src/sources/system/index.js';

const declaration = exporterSettings('host-1');
const config = (given: PartialConfig<Config> = {}): Config =>
  completeConfig(declaration, given).config;

test('every source of the host has a switch, and is off when it or all of the host are', () => {
  const { enabled = {} } =
    kymoOptions(config({ sources: { cpu: { enabled: false } } }), {}).sources ?? {};
  for (const { name } of systemSources())
    expect([name, enabled[name]]).toEqual([name, name !== 'cpu']);
  const { sources } = kymoOptions(config({ sources: { system: { enabled: false } } }), {});
  for (const name of Object.keys(collectors)) expect(sources?.enabled?.[name]).toBe(false);
  expect(sources?.enabled).toMatchObject({ process: true, http: true });
});

test('the exporter decides by its address which hosts it takes, unless they are given', () => {
  expect(kymoOptions(config(), {}).listen?.hosts).toBeUndefined();
  expect(kymoOptions(config({ listen: { hosts: ['a'] } }), {}).listen?.hosts).toEqual(['a']);
});

test('alerts get labels that are meant for them, and not those of the own series', () => {
  const told = (given: PartialConfig<Config>): unknown =>
    kymoOptions(config(given), {}).rules?.externalLabels;
  expect(told({ labels: { region: 'north' } })).toEqual({});
  expect(told({ alerts: { labels: { cluster: 'a' } } })).toEqual({ cluster: 'a' });
});

test('a change of settings is told with whether a reload applies it', () => {
  const before = config();
  const after = config({ log: { level: 'debug' }, tick: '2s', labels: { a: 'b' } });
  expect(changedSettings(declaration, before, before)).toEqual([]);
  expect(changedSettings(declaration, before, after)).toEqual([
    { key: 'tick', reloadable: false },
    { key: 'labels', reloadable: false },
    { key: 'collect.deadline', reloadable: false },
    { key: 'log.level', reloadable: true },
  ]);
});

test('a Grafana with a secret is trusted, and pushed to only with a token', () => {
  const grafana = [
    { url: 'http://push', token: 't', stream: 's' },
    { url: 'http://trust', secret: 'a long enough secret', issuer: 'https://g', org: 2 },
  ];
  const { live, http } = kymoOptions(config({ grafana }), {
    KYMO_GRAFANA_URL: 'http://both',
    KYMO_GRAFANA_TOKEN: 'u',
    KYMO_GRAFANA_SECRET: 'another long secret',
    KYMO_GRAFANA_ISSUER: '',
    KYMO_GRAFANA_ORG: '3',
  });
  expect(live?.grafanas).toEqual([
    { url: 'http://push', stream: 's', credentials: { token: 't' } },
    { url: 'http://both', credentials: { token: 'u' } },
  ]);
  expect(http?.grafanas).toEqual([
    { url: 'http://trust', secret: 'a long enough secret', issuer: 'https://g', org: 2 },
    { url: 'http://both', secret: 'another long secret', org: 3 },
  ]);
});

test('an organisation that is no number is refused', () => {
  const environment = { KYMO_GRAFANA_URL: 'http://g', KYMO_GRAFANA_ORG: 'main' };
  expect(() => kymoOptions(config(), environment)).toThrow('KYMO_GRAFANA_ORG');
});
