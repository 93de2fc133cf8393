import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import { RuleService } from '../../src/rules/rule-service.js';
import { RuntimeRuleService } from '../../src/rules/runtime-rule-service.js';
import type { TrialPast } from '../../src/rules/trial/past-reader.js';
import { Watches } from '../../src/rules/watches/watches.js';
import { TooMuchHistoryError } from '../../src/series/history/door.js';
import { Head } from '../../src/series/head.js';

let folder: string;
let file: string;
const ends: (() => Promise<void>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kymo-runtime-service-'));
  file = path.join(folder, 'runtime.yml');
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  rmSync(folder, { recursive: true });
});

/** As they are wired in an exporter. */
async function wired(
  rulesFile: string | undefined = file,
  files: readonly string[] = [],
  past?: () => TrialPast,
) {
  const head = new Head({ ownLabels: {} });
  const watches = new Watches({
    watches: [{ name: 'taken', expr: 'level' }],
    reader: head,
    writer: head.source('watches', { exposed: true }),
  });
  const service = new RuntimeRuleService({
    ...(rulesFile === '' ? {} : { file: rulesFile }),
    trial: { reader: head, clock: systemClock, past },
    watches,
    reload: () => rules.reload(),
  });
  const rules = new RuleService({
    reader: head,
    writer: (name) => head.source(name, { exposed: true, computed: true }),
    tick: 1000,
    clock: systemClock,
    logger: silentLogger,
    files,
    moreFiles: () => service.files,
    folder,
  });
  await service.open();
  await rules.start('http://here');
  ends.push(() => rules.stop());
  const names = (): string[] =>
    rules.engine.groups.flatMap(({ group }) => group.rules.map(({ name }) => name));
  return { service, rules, watches, names };
}

const high = { name: 'High', threshold: { metric: 'level', operator: '>', value: 5 } };
const strange = { name: 'Strange', anomaly: { expr: 'level' } };

describe('rules made at run time', () => {
  test('are in effect at once, and after a restart', async () => {
    const { service, names, watches } = await wired();
    const { id, promql } = await service.create({ condition: high });
    expect(promql).toBe('level > 5');
    await service.create({ condition: strange });
    expect(names()).toEqual(['High', 'Strange']);
    expect(watches.names).toEqual(['taken', 'Strange']);
    const again = await wired();
    expect(again.names()).toEqual(['High', 'Strange']);
    expect(again.watches.names).toEqual(['taken', 'Strange']);
    await service.update(id, { condition: { ...high, name: 'Higher' } });
    expect(names()).toEqual(['Higher', 'Strange']);
    await service.delete(id);
    expect(names()).toEqual(['Strange']);
    expect(service.problem).toBeUndefined();
  });

  test('are refused when they are wrong, and nothing changes', async () => {
    const { service, names, watches } = await wired();
    await service.create({ condition: high });
    const wrong = [
      [{ condition: { ...strange, anomaly: { expr: 'level', watch: 'taken' } } }, 'bad_'],
      [{ condition: { name: 'taken', anomaly: { expr: 'level' } } }, 'bad_watch'],
      [{ condition: { name: 'Odd', anomaly: { expr: 'level[5m]' } } }, 'bad_'],
      [{ rule: { alert: 'A', expr: 'sum(' } }, 'bad_rules'],
      [{ condition: high }, 'bad_condition'],
    ] as const;
    for (const [definition, code] of wrong) {
      await expect(service.create(definition)).rejects.toMatchObject({
        code: expect.stringContaining(code) as unknown,
      });
    }
    expect(names()).toEqual(['High']);
    expect(watches.names).toEqual(['taken']);
  });

  test('are kept and said not to be in effect while another rule file is broken', async () => {
    const other = path.join(folder, 'other.yml');
    writeFileSync(other, 'groups: []');
    const { service, names } = await wired(file, [other]);
    writeFileSync(other, 'groups: [');
    await service.create({ condition: high });
    expect(service.problem).toContain('other.yml');
    expect(names()).toEqual([]);
    writeFileSync(other, 'groups: []');
    await service.create({ condition: { ...high, name: 'Other' } });
    expect(service.problem).toBeUndefined();
    expect(names()).toEqual(['High', 'Other']);
  });

  test('of a file that is damaged are left alone, and the rest runs', async () => {
    writeFileSync(file, 'groups: [');
    const { service, names } = await wired();
    expect(service.problem).toBeTypeOf('string');
    expect(service.list()).toEqual([]);
    expect(names()).toEqual([]);
    await expect(service.create({ condition: high })).rejects.toMatchObject({
      code: 'runtime_rules_broken',
    });
  });

  test('need a folder, but can be tested without', async () => {
    const { service } = await wired('');
    await expect(service.create({ condition: high })).rejects.toMatchObject({
      code: 'no_data_dir',
    });
    expect(service.problem).toContain('data_dir');
    const range = { start: 1_700_000_000_000, end: 1_700_000_001_000, step: 1000 };
    const { rule, result } = await service.test({ condition: high }, range);
    expect([rule.promql, result.alerts]).toEqual(['level > 5', []]);
    await expect(
      service.test({ rule: { record: 'a:b', expr: 'level' } }, range),
    ).rejects.toMatchObject({ code: 'bad_data' });
  });

  test('are counted where a limit refuses their test', async () => {
    const range = { start: 0, end: 10_000, step: 1000 };
    const { service } = await wired();
    const test = () => service.test({ condition: high }, range);
    const outcomes = await Promise.allSettled([test(), test(), test()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await test();
    expect([...service.refused]).toEqual([['concurrency', 1]]);
    const history = {
      ...{ headSince: 0, samplesSince: 0 },
      excerpt: () => Promise.reject(new TooMuchHistoryError()),
    };
    const old = await wired('', [], () => ({ history, headFrom: 5000 }));
    await expect(old.service.test({ condition: high }, range)).rejects.toThrow('too much history');
    await expect(old.service.test({ condition: {} }, range)).rejects.toThrow();
    expect([...old.service.refused]).toEqual([['history', 1]]);
  });
});
