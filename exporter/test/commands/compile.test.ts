import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/commands/compile.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kymo-compile-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly printed: string;
  readonly complaints: string;
}

async function run(text: string | Buffer, ...more: string[]): Promise<Outcome> {
  const file = path.join(folder, 'conditions.yml');
  writeFileSync(file, text);
  let printed = '';
  let complaints = '';
  const code = await compile.run({
    args: [file, ...more],
    environment: {},
    print: (line) => (printed += line),
    complain: (line) => (complaints += line.replaceAll(folder, '')),
  });
  return { code, printed, complaints };
}

describe('kymo compile', () => {
  test('prints a rule file, and says which watches it needs', async () => {
    const text = `conditions:
  - name: Strange
    anomaly: { expr: x }
`;
    expect(await run(text)).toEqual({
      code: 0,
      printed: `groups:
  - name: conditions
    rules:
      - alert: Strange
        expr: kymo_anomaly_score{watch="Strange"} > 1
        labels:
          severity: warning
`,
      complaints: '/conditions.yml: "Strange" needs a watch of that name, of the expression x\n',
    });
  });

  test('says where something is wrong', async () => {
    const text = `conditions:
  - name: High
    threshold:
      metric: x
      operator: '=>'
      value: 1
    for: 5
`;
    const { code, printed, complaints } = await run(text);
    expect({ code, printed }).toEqual({ code: 1, printed: '' });
    expect(complaints).toMatch(/^\/conditions\.yml:5:17: conditions\[0\]\.threshold\.operator: /m);
    expect(complaints).toMatch(/^\/conditions\.yml:7:10: conditions\[0\]\.for: /m);
  });

  test('says where YAML is broken, and that a file is missing', async () => {
    expect(await run('conditions: [')).toMatchObject({ code: 1, printed: '' });
    const absent = await compile.run({
      args: [path.join(folder, 'absent.yml')],
      environment: {},
      print: () => undefined,
      complain: () => undefined,
    });
    expect(absent).toBe(1);
  });

  test('takes one file', async () => {
    await expect(run('', 'another')).rejects.toMatchObject({ code: 'wrong_use' });
  });
});
