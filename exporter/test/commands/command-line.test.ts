import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { afterAll, describe, expect, test } from 'vitest';
import type { Command } from '../../src/commands/command.js';
import { runCommandLine } from '../../src/commands/command-line.js';
import { commands } from '../../src/commands/index.js';
import { version } from '../../src/lib/version.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kymo-commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
}

const good = file('good.yml', 'tick: 2s\n');
const bad = file('bad.yml', 'tick: 2\nlisten:\n  prot: 1\n');

async function kymo(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const known: readonly Command[] = commands;
  const code = await runCommandLine(known, {
    args,
    environment,
    print: (text) => (out += text),
    complain: (text) => (err += text),
  });
  return { code, out, err };
}

describe('the command line', () => {
  test.each([['--help'], ['-h']])('%s lists the commands', async (flag) => {
    const { code, out } = await kymo([flag]);
    expect(code).toBe(0);
    for (const { name, summary } of commands)
      expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  test.each(commands.map(({ name }) => name))('%s explains itself', async (name) => {
    for (const args of [
      [name, '--help'],
      ['--help', name],
    ]) {
      const { code, out } = await kymo(args);
      expect(code).toBe(0);
      expect(out).toMatch(/^Usage: kymo /);
    }
    expect((await kymo([name, '--version'])).out).toBe(`kymo ${version}\n`);
  });

  test('names its version', async () => {
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(await kymo(['--version'])).toEqual({ code: 0, out: `kymo ${version}\n`, err: '' });
  });

  test('refuses what it does not know with a hint and code 2', async () => {
    expect(await kymo(['strat'])).toEqual({
      code: 2,
      out: '',
      err: 'kymo: there is no command "strat"; did you mean start?\nRun `kymo --help` for how it is used.\n',
    });
    expect((await kymo(['wat', '--help'])).code).toBe(2);
    expect((await kymo(['--tick', '1s'])).err).toContain('a command is expected before --tick');
    const nothing = await kymo([]);
    expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('Usage: kymo')]);
  });
});

describe('kymo start', () => {
  test('prints the configuration with the origin of each value', async () => {
    const { code, out, err } = await kymo(
      ['start', '--config', good, '--print-config', '--listen.port=0'],
      { KYMO_LOG_LEVEL: 'warn' },
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`tick: 2s # ${good}:1:7\n`);
    expect(out).toContain('  port: 0 # --listen.port\n');
    expect(out).toContain('  level: warn # KYMO_LOG_LEVEL\n');
    expect(parse(out)).toMatchObject({ sources: { cpu: { enabled: true } } });
  });

  test('takes the file from KYMO_CONFIG, and rather from the flag', async () => {
    const environment = { KYMO_CONFIG: bad };
    expect((await kymo(['start', '--print-config'], environment)).code).toBe(2);
    const { code } = await kymo(['start', '--print-config', '--config', good], environment);
    expect(code).toBe(0);
  });

  test('refuses a bad configuration with all problems and code 2', async () => {
    const { code, out, err } = await kymo(['start', '--config', bad, '--log.levl=x']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      `kymo: ${bad}:1:7: tick: "2" has no unit; write for example 2s or 100ms\n` +
        `kymo: ${bad}:3:3: listen.prot: there is no such setting; did you mean listen.port?\n` +
        'kymo: --log.levl: there is no such flag; did you mean --log.level?\n',
    );
  });

  test('refuses arguments that are no flags', async () => {
    const { code, err } = await kymo(['start', 'kymo.yml']);
    expect([code, err]).toEqual([2, expect.stringContaining('"kymo.yml" is not expected')]);
  });

  test('lists every setting as a flag in its help', async () => {
    const { out } = await kymo(['start', '--help']);
    for (const flag of [
      '--config <file>',
      '--listen.port <port>',
      '--series.max-labels <integer>',
    ]) {
      expect(out).toContain(`  ${flag}\n`);
    }
  });
});

describe('kymo check', () => {
  test('says which files are right, and what is wrong with the others, with code 1', async () => {
    expect(await kymo(['check', 'config', good])).toEqual({
      code: 0,
      out: `${good}: ok\n`,
      err: '',
    });
    const { code, out, err } = await kymo(['check', 'config', bad, good, 'missing.yml']);
    expect([code, out]).toEqual([1, `${good}: ok\n`]);
    expect(err).toContain(`${bad}:1:7: tick: `);
    expect(err).toContain('missing.yml:1:1: cannot be read: ENOENT');
  });

  test('looks at the file alone, not at the environment', async () => {
    expect((await kymo(['check', 'config', good], { KYMO_TICK: 'x' })).code).toBe(0);
  });

  test.each([
    [['check'], 'what is to be checked?'],
    [['check', 'confg', 'a'], 'did you mean config?'],
    [['check', 'config'], 'no file to check'],
    [['check', 'config', '--strict', 'a'], 'there is no flag --strict here'],
  ])('%j is wrong use', async (args, message) => {
    const { code, err } = await kymo(args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(err).toContain('Run `kymo check --help`');
  });
});
