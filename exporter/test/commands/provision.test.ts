import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommandLine } from '../../src/commands/command-line.js';
import { commands } from '../../src/commands/index.js';

describe('kymo provision', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'kymo-provision-'));
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function provision(...args: string[]): Promise<{ code: number; said: string }> {
    let said = '';
    const say = (text: string): void => {
      said += text;
    };
    const code = await runCommandLine(commands, {
      args: ['provision', ...args],
      environment: {},
      print: say,
      complain: say,
    });
    return { code, said };
  }

  const read = (file: string): string => readFileSync(path.join(dir, file), 'utf8');
  const datasources = (): { name: string; url: string; isDefault?: boolean }[] =>
    (parse(read('datasources/kymo.yaml')) as { datasources: [] }).datasources;

  it('writes datasources with addresses, dashboards and alert rules, and no policies', async () => {
    const { code } = await provision(dir, '--exporter-url', 'http://kymo.example:9797/');
    expect(code).toBe(0);
    expect(
      datasources().map(({ name, url, isDefault }) => [name, url, isDefault ?? false]),
    ).toEqual([
      ['Kymo', 'http://kymo.example:9797', false],
      ['Kymo (Prometheus API)', 'http://kymo.example:9797', false],
    ]);
    expect(readdirSync(path.join(dir, 'alerting'))).toEqual(['kymo-rules.yaml']);
    expect(read('alerting/kymo-rules.yaml')).toContain('datasourceUid: kymo-exporter');
    expect(read('alerting/kymo-rules.yaml')).not.toContain('datasourceUid: kymo-prometheus');
    expect(readdirSync(path.join(dir, 'dashboards/kymo'))).toHaveLength(6);
    expect(parse(read('dashboards/kymo.yaml'))).toMatchObject({
      providers: [{ options: { path: path.join(dir, 'dashboards/kymo') } }],
    });
  });

  it('writes contact points and policies where it is said who is told', async () => {
    await provision(
      dir,
      '--webhook-url=https://alerts.example/in',
      '--prometheus-url=http://prometheus.example:9090',
    );
    expect(read('alerting/kymo-contact-points.yaml')).toContain('url: https://alerts.example/in');
    expect(readdirSync(path.join(dir, 'alerting'))).toContain('kymo-policies.yaml');
    expect(read('alerting/kymo-rules.yaml')).toContain('datasourceUid: kymo-prometheus');
    expect(datasources().map(({ name }) => name)).toEqual([
      'Kymo',
      'Kymo (Prometheus API)',
      'Prometheus',
    ]);
  });

  it('leaves files alone that are there with another content, unless it is forced', async () => {
    expect((await provision(dir)).code).toBe(0);
    expect((await provision(dir)).code).toBe(0);
    writeFileSync(path.join(dir, 'plugins/kymo.yaml'), 'apps: []\n');
    const { code, said } = await provision(dir);
    expect(code).toBe(1);
    expect(said).toContain(path.join(dir, 'plugins/kymo.yaml'));
    expect(read('plugins/kymo.yaml')).toBe('apps: []\n');
    expect((await provision(dir, '--force')).code).toBe(0);
    expect(read('plugins/kymo.yaml')).toContain('kymo-live-app');
  });

  it.each([
    [[], 'no folder to write to'],
    [['a', 'b'], '"b" is not expected'],
    [['a', '--exporter-url', 'kymo'], '--exporter-url takes a URL'],
    [['a', '--exporter-url'], '--exporter-url takes a URL'],
    [['a', '--forced'], 'there is no flag --forced'],
  ])('says of %j what is wrong', async (args, problem) => {
    const { code, said } = await provision(...args);
    expect(code).toBe(2);
    expect(said).toContain(problem);
  });
});
