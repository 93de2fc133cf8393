import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadRuleFiles } from '../../src/rules/load.js';
import { SEVERITIES } from '../../src/rules/notify/notifier.js';
import { testRuleFile } from '../../src/rules/unit-test/test-files.js';
import { readUnitTestFile } from '../../src/rules/unit-test/unit-test-file.js';

const folder = fileURLToPath(new URL('../../../provisioning/kymo/rules', import.meta.url));
const tests = path.join(folder, 'tests');
const ruleFiles = readdirSync(folder).filter((file) => file.endsWith('.yml'));

function promtool(...args: string[]): { code: number; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { code: status ?? -1, output: stdout + stderr };
}

function rulesOf(file: string) {
  const { groups } = loadRuleFiles([path.join(folder, file)]);
  return groups.flatMap(({ rules }) => rules);
}

describe('the provided rules', () => {
  it('have a file with tests each', () => {
    const expected = ruleFiles.map((file) => file.replace(/\.yml$/, '.test.yml'));
    expect(readdirSync(tests).sort()).toEqual(expected.sort());
  });

  it.each(ruleFiles)('of %s are right to promtool and to Kymo, without a warning', (file) => {
    const place = path.join(folder, file);
    const { code, output } = promtool('check', 'rules', '--lint-fatal', place);
    expect(code, output).toBe(0);
    const { problems, warnings } = loadRuleFiles([place]);
    expect([...problems, ...warnings]).toEqual([]);
  });

  it.each(ruleFiles)('of %s pass their tests in promtool and in Kymo', (file) => {
    const place = path.join(tests, file.replace(/\.yml$/, '.test.yml'));
    const { code, output } = promtool('test', 'rules', place);
    expect(code, output).toBe(0);
    expect(testRuleFile(place)).toMatchObject({ failures: [], warnings: [] });
  });

  it('are loaded together without clashes', () => {
    const files = ruleFiles.map((file) => path.join(folder, file));
    const { groups, problems } = loadRuleFiles(files);
    expect(problems).toEqual([]);
    const keys = groups.flatMap(({ rules }) =>
      rules.map(({ kind, name, labels }) => JSON.stringify([kind, name, Object.entries(labels)])),
    );
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  });

  it.each(ruleFiles.filter((file) => file.startsWith('alerts-')))(
    'of %s say how grave an alert is and what it means, and each is seen to fire',
    (file) => {
      const test = path.join(tests, file.replace(/\.yml$/, '.test.yml'));
      const cases = readUnitTestFile(test, [])?.tests.flatMap(({ alerts }) => alerts) ?? [];
      for (const rule of rulesOf(file)) {
        if (rule.kind !== 'alerting') continue;
        expect(SEVERITIES, rule.name).toContain(rule.labels.severity);
        expect(Object.keys(rule.annotations).sort(), rule.name).toEqual(['description', 'summary']);
        const fires = cases.filter(
          ({ alert, expected }) => alert === rule.name && expected.length > 0,
        );
        expect(fires, rule.name).not.toEqual([]);
      }
    },
  );
});
