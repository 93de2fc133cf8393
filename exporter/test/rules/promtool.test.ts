import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/commands/command-line.js';
import { commands } from '../../src/commands/index.js';

const folder = fileURLToPath(new URL('testdata', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly output: string;
}

async function kymo(...args: string[]): Promise<Outcome> {
  let output = '';
  const write = (text: string): void => {
    output += text;
  };
  const invocation = { args, environment: {}, print: write, complain: write };
  return { code: await runCommandLine(commands, invocation), output };
}

function promtool(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { code: status === null ? -1 : Math.min(status, 1), output: stdout + stderr };
}

function filesIn(room: string): string[] {
  return readdirSync(path.join(folder, room)).filter((file) => /(good|bad)\.yml$/.test(file));
}

describe('kymo check rules', () => {
  it.each(filesIn('check'))('judges %s as promtool does', async (file) => {
    const place = path.join(folder, 'check', file);
    const theirs = promtool('check', 'rules', place);
    const ours = await kymo('check', 'rules', place);
    expect(theirs.code, theirs.output).toBe(file.endsWith('bad.yml') ? 1 : 0);
    expect(ours.code, ours.output).toBe(theirs.code);
  });
});

describe('kymo test rules', () => {
  it.each(filesIn('unit'))('judges %s as promtool does', async (file) => {
    const place = path.join(folder, 'unit', file);
    const theirs = promtool('test', 'rules', place);
    const ours = await kymo('test', 'rules', place);
    expect(theirs.code, theirs.output).toBe(file.endsWith('bad.yml') ? 1 : 0);
    expect(ours.code, ours.output).toBe(theirs.code);
  });

  it('says where and what differs', async () => {
    const { output } = await kymo('test', 'rules', path.join(folder, 'unit', 'value-bad.yml'));
    expect(output).toBe(
      `unnamed#0: ${path.join(folder, 'unit', 'value-bad.yml')}:6: expression total at 300s:\n    - total 13\n    + total 12\n`,
    );
  });

  it('needs to know what to test', async () => {
    expect(await kymo('test')).toMatchObject({ code: 2 });
    expect(await kymo('test', 'rule')).toMatchObject({ code: 2 });
    expect(await kymo('test', 'rules')).toMatchObject({ code: 2 });
  });
});
