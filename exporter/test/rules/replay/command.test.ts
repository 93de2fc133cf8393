import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/commands/command-line.js';
import { commands } from '../../../src/commands/index.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kymo-replay-command-'));
  write(
    'rules.yml',
    'groups: [{name: g, rules: [{alert: Down, expr: up == 0, for: 2s, labels: {severity: error}}]}]',
  );
  write('bad.yml', 'groups:\n  - name: g\n    rules: [{alert: Down, expr: "up =="}]\n');
  const samples = [1, 0, 0, 0, 0, 1].map((up, i) => `up{job="a"} ${up} ${1_700_000_000 + i}`);
  write('samples.om', `# TYPE up gauge\n${samples.join('\n')}\n# EOF\n`);
  write('cut.om', `${samples[0]}\nup{job="a`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (file: string): string => path.join(folder, file);
const write = (file: string, text: string): void => writeFileSync(at(file), text);

async function kymo(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const print = (text: string): void => void (out += text);
  const complain = (text: string): void => void (err += text);
  const code = await runCommandLine(commands, { args, environment: {}, print, complain });
  return { code, out, err };
}

describe('kymo replay', () => {
  it('prints a table of the alerts', async () => {
    const { code, out, err } = await kymo('replay', at('samples.om'), '--rules', at('*rules.yml'));
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'ALERT  PENDING              FIRING               RESOLVED             LABELS',
        'Down   2023-11-14 22:13:21  2023-11-14 22:13:23  2023-11-14 22:13:25  {job="a", severity="error"}',
        '',
        '1 series with 6 samples from 2023-11-14 22:13:20 to 2023-11-14 22:13:25 UTC, 6 ticks',
        '',
      ].join('\n'),
    );
  });

  it('prints changes as they come at a given speed, and a summary of the watches', async () => {
    const { code, out } = await kymo(
      ...['replay', at('samples.om'), '--speed', '1000', '--watches', '--rules', at('rules.yml')],
    );
    expect(code).toBe(0);
    expect(out).toContain(
      '2023-11-14 22:13:23  Down pending > firing  {job="a", severity="error"}\n',
    );
    expect(out).toMatch(/^request_latency_p99 +0 +0 +0 +0 +- +- +-$/m);
  });

  it('shows milliseconds where the interval has some', async () => {
    const { out } = await kymo(
      ...['replay', at('samples.om'), '--interval', '700ms', '--rules', at('rules.yml')],
    );
    expect(out).toMatch(/^Down +2023-11-14 22:13:21 +2023-11-14 22:13:23\.100 /m);
  });

  it('says that nothing happened', async () => {
    write('calm.json', '{"metric":{"__name__":"up"},"values":[[1700000000,"1"]]}');
    const { code, out } = await kymo('replay', at('calm.json'), '--rules', at('rules.yml'));
    expect(code).toBe(0);
    expect(out).toContain('No alert was pending or fired.');
  });

  it('names file and line of what is wrong', async () => {
    const cut = await kymo('replay', at('cut.om'), '--rules', at('rules.yml'));
    expect(cut).toMatchObject({ code: 1, out: '' });
    expect(cut.err).toContain(`${at('cut.om')}:2: a sample is expected`);
    const bad = await kymo('replay', at('samples.om'), '--rules', at('bad.yml'));
    expect(bad).toMatchObject({ code: 1, out: '' });
    expect(bad.err).toContain(`${at('bad.yml')}:3:`);
    const none = await kymo('replay', at('samples.om'), '--rules', at('no*.yml'));
    expect(none).toMatchObject({ code: 1, err: `${at('no*.yml')}: there is no such file\n` });
  });

  it('fails where a rule fails', async () => {
    write(
      'failing.yml',
      'groups: [{name: g, rules: [{record: x, expr: "up / on () {__name__=~\'up|down\'}"}]}]',
    );
    write('two.om', 'up 1 1700000000\ndown 1 1700000000\n');
    const { code, err } = await kymo('replay', at('two.om'), '--rules', at('failing.yml'));
    expect(code).toBe(1);
    expect(err).toMatch(/failing\.yml:1: rule x: failed once from 2023-11-14 22:13:20 on: /);
  });

  it.each([
    [[], 'give the samples file before any flag'],
    [['a', 'b'], 'give one samples file'],
    [['a'], 'give rule files after --rules'],
    [['a', '--rules'], 'give rule files after --rules'],
    [['--rules', 'b'], 'give the samples file before any flag'],
    [['a', '--rule', 'b'], 'there is no flag --rule here'],
    [['a', '--speed', 'fast'], '--speed: "fast" is no number above 0'],
    [['a', '--speed', '0'], '--speed: "0" is no number above 0'],
    [['a', '--interval', '5'], '--interval: "5" has no unit'],
    [['a', '--interval', '0s'], '--interval: a tick takes longer than no time'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await kymo('replay', ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
