import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ConfigError, describeProblem } from '../../src/config/config-error.js';
import { fileLayer } from '../../src/config/layer.js';
import { loadConfig, type LoadedConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/settings.js';
import { readConfigFile } from '../../src/config/yaml-file.js';
import { declared } from './declared.js';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'testdata');
const names = readdirSync(folder);

function load(name: string): LoadedConfig<Config> {
  const { root, problems } = readConfigFile(path.join(folder, name));
  return loadConfig(declared, [{ values: new Map(), problems }, fileLayer(root, declared.members)]);
}

function problemsOf(name: string): string[] {
  try {
    load(name);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return thrown.problems
      .map(describeProblem)
      .map((line) => line.replaceAll(path.join(folder, name), 'FILE').replace(/^FILE:/, ''));
  }
  return [];
}

describe('a configuration file', () => {
  test.each(names.filter((name) => name.endsWith('-good.yml')))('%s is accepted', (name) => {
    expect(problemsOf(name)).toEqual([]);
  });

  test.each(names.filter((name) => name.endsWith('-bad.yml')))(
    '%s is refused with every problem, its place and its remedy',
    (name) => {
      const [, expected] = readFileSync(path.join(folder, name), 'utf8').split('# problems:\n');
      const lines = expected
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(2));
      expect(problemsOf(name)).toEqual(lines);
    },
  );

  test('gives values in base units and keeps the other defaults', () => {
    const { config } = load('full-good.yml');
    expect(config.tick).toBe(100);
    expect(config.listen).toEqual({
      host: '::',
      port: 0,
      hosts: ['kymo.example.com', 'exporter', '*'],
      drain: 0,
    });
    expect(config.series).toMatchObject({
      retention: 5_400_000,
      memory: 1_000_000_000,
      limit: 5000,
      max_labels: 64,
    });
    expect(config.http).toMatchObject({ rate: 10, body_limit: 16 * 2 ** 20 });
    expect(config.sources.cpu.enabled).toBe(false);
    expect(config.sources.udp_queues.enabled).toBe(false);
    expect(config.sources.filesystem.mount_points_exclude).toBe('^/mnt($|/)');
  });

  test('adds labels to the default ones, and takes those away that are given empty', () => {
    expect(load('full-good.yml').config.labels).toEqual({ instance: 'host-1', env: 'prod' });
  });

  test('may use an anchor for a value', () => {
    expect(load('anchors-good.yml').config.series.ttl).toBe(3_600_000);
  });

  test('that is not there is refused with its name and a remedy', () => {
    expect(problemsOf('missing.yml')).toEqual([
      expect.stringMatching(/^1:1: cannot be read: ENOENT.*; give another with --config$/),
    ]);
  });

  test('that is a folder or no text is refused', () => {
    expect(problemsOf('.')[0]).toContain('cannot be read: EISDIR');
  });
});
