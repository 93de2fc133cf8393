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
