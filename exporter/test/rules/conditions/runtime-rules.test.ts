import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RuntimeRules } from '../../../src/rules/conditions/runtime-rules.js';
import { parseRules } from '../../../src/rules/load.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kymo-runtime-'));
  file = path.join(folder, 'rules', 'runtime.yml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const high = { name: 'High', threshold: { metric: 'x', operator: '>', value: 5 }, for: '1m' };
const strange = { name: 'Strange', anomaly: { expr: 'x' } };
const both = { name: 'Both', composite: { and: ['High', 'Strange'] } };
const plain = { record: 'x:rate', expr: 'rate(x[1m])' };

const names = (): (string | undefined)[] =>
  parseRules(readFileSync(file, 'utf8'), file).map(({ rules }) => rules[0]?.name);

describe('RuntimeRules', () => {
  test('keeps rules as a rule file, across a restart, and shows their PromQL', async () => {
    const rules = await RuntimeRules.open(file);
    const first = await rules.create({ condition: high });
    expect(first).toMatchObject({ promql: 'x > 5', condition: high, rule: { alert: 'High' } });
    await Promise.all([
      rules.create({ condition: strange }),
      rules.create({ condition: both }),
      rules.create({ rule: plain }),
    ]);
    expect(names()).toEqual(['High', 'Strange', 'Both', 'x:rate']);
    const again = await RuntimeRules.open(file);
    expect(again.list()).toEqual(rules.list());
    expect(again.watches).toEqual([{ name: 'Strange', expr: 'x' }]);
    expect(again.get(first.id)).toEqual(first);
  });

  test('keeps a condition whose texts have any kind of line end', async () => {
    const rules = await RuntimeRules.open(file);
    const annotations = { summary: 'a\u2028b\u2029c\u0085d\ne\r\u{1f600}' };
    const { id } = await rules.create({ condition: { ...high, annotations } });
    const again = await RuntimeRules.open(file);
    expect(again.problem).toBeUndefined();
    expect(again.get(id).condition).toEqual({ ...high, annotations });
    expect(readFileSync(file, 'utf8').split(/[\n\u0085\u2028\u2029]/)[1]).toMatch(/^# .*\}$/);
  });

  test('changes a rule, and those that are composed of it', async () => {
    const rules = await RuntimeRules.open(file);
    const { id } = await rules.create({ condition: high });
    await rules.create({ condition: strange });
    const composed = await rules.create({ condition: both });
    const threshold = { ...high.threshold, value: 9 };
    await rules.update(id, { condition: { ...high, threshold } });
    expect(rules.get(composed.id).promql).toContain('x > 9');
    await expect(rules.delete(id)).rejects.toMatchObject({ code: 'bad_condition' });
    await rules.delete(composed.id);
    await rules.delete(id);
    expect(names()).toEqual(['Strange']);
  });

  test('refuses what is wrong, and leaves everything as it was', async () => {
    const rules = await RuntimeRules.open(file);
    const { id } = await rules.create({ condition: high });
    const before = readFileSync(file, 'utf8');
    const refused = (definition: Parameters<RuntimeRules['create']>[0], code: string) =>
      expect(rules.create(definition)).rejects.toMatchObject({ code });
    await refused({ condition: high }, 'bad_condition');
    await refused({ condition: undefined }, 'bad_condition');
    await refused({ rule: { alert: 'A', expr: 'sum(' } }, 'bad_rules');
    await refused({ rule: 'x' }, 'bad_rules');
    await refused({ rule: undefined }, 'bad_rules');
    await expect(rules.update('none', { rule: plain })).rejects.toMatchObject({
      code: 'rule_not_found',
    });
    await expect(rules.delete('none')).rejects.toMatchObject({ code: 'rule_not_found' });
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(rules.list().map((rule) => rule.id)).toEqual([id]);
    expect(await rules.create({ rule: plain })).toMatchObject({ promql: 'rate(x[1m])' });
  });

  test('does not touch a file that it cannot read', async () => {
    const broken = path.join(folder, 'runtime.yml');
    writeFileSync(broken, 'groups: [');
    const rules = await RuntimeRules.open(broken);
    expect(rules.problem).toBeTypeOf('string');
    await expect(rules.create({ rule: plain })).rejects.toMatchObject({
      code: 'runtime_rules_broken',
    });
    expect(readFileSync(broken, 'utf8')).toBe('groups: [');
  });
});
