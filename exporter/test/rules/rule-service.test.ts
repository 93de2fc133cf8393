import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../src/lib/logger.js';
import { RuleService } from '../../src/rules/rule-service.js';
import { Head } from '../../src/series/head.js';
import { ManualClock } from '../../src/lib/clock.js';

const T0 = 1_700_000_000_000;
const GOOD = 'groups: [{ name: good, rules: [{ alert: Good, expr: vector(1) }] }]';
const OTHER = 'groups: [{ name: other, rules: [{ alert: Other, expr: vector(2) }] }]';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kymo-rule-service-'));
});

const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

/** Starts a service on the files of the folder; `said` is what it has logged as errors. */
async function start(time: number): Promise<{ service: RuleService; said: unknown[] }> {
  const head = new Head({});
  const said: unknown[] = [];
  const service = new RuleService({
    files: ['*.yml'],
    moreFiles: () => [],
    folder,
    directory: path.join(folder, 'alerts'),
    reader: head,
    writer: (name) => head.source(name, { exposed: true }),
    tick: 1000,
    clock: new ManualClock(time),
    logger: { ...silentLogger, error: (_, fields) => said.push(fields) },
  });
  await service.start('http://localhost:9797');
  return { service, said };
}

const alertsOf = (service: RuleService): unknown[] =>
  service.engine.alerts().map(({ rule, activeAt, state }) => [rule.name, state, activeAt]);

test('a rule file that is wrong at the start harms no other, and loses no alert', async () => {
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  write('good.yml', GOOD);
  write('other.yml', OTHER);
  const first = await start(T0);
  first.service.evaluate(T0 + 1000);
  expect(first.service.reloadFailed).toBe(false);
  await first.service.stop();

  write('other.yml', OTHER.replace('expr', 'exp'));
  const second = await start(T0 + 10_000);
  second.service.evaluate(T0 + 11_000);
  expect(second.said.length).toBeGreaterThan(0);
  expect(JSON.stringify(second.said)).toContain('other.yml:1:');
  expect(second.service.reloadFailed).toBe(true);
  expect(second.service.problem).toMatch(/other\.yml:1:/);
  expect(alertsOf(second.service)).toEqual([['Good', 'firing', T0 + 1000]]);

  write('other.yml', OTHER);
  second.service.reload();
  second.service.evaluate(T0 + 12_000);
  expect(second.service.reloadFailed).toBe(false);
  expect(second.service.problem).toBeUndefined();
  expect(alertsOf(second.service)).toEqual([
    ['Good', 'firing', T0 + 1000],
    ['Other', 'firing', T0 + 1000],
  ]);
  await second.service.stop();
});

test('what is wrong is told in a line: a file before rules, the first before the others', async () => {
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const fails = (name: string): string => `{ record: ${name}, expr: 'vector(1) and on() (' }`;
  const twice = "label_replace(vector(1), 'a', '1', '', '') or vector(1)";
  write('good.yml', GOOD);
  const { service } = await start(T0);
  expect(service.problem).toBeUndefined();
  write('bad.yml', `groups: [{ name: bad, rules: [${fails('a')}, ${fails('b')}, ${fails('c')}] }]`);
  expect(() => service.reload()).toThrow();
  expect(service.problem).toMatch(/bad\.yml:1:.*, and \d+ more$/);
  expect(service.problem).not.toContain('\n');
  // They are parsed well, and fail when they are evaluated.
  const clash = (name: string): string =>
    `{ record: ${name}, expr: "sum by() (${twice}) + on() (${twice})" }`;
  write('bad.yml', `groups: [{ name: bad, rules: [${clash('d')}, ${clash('e')}] }]`);
  service.reload();
  expect(service.problem).toBeUndefined();
  service.evaluate(T0 + 1000);
  expect(service.problem).toMatch(/^d fails: .*, and 1 more$/);
  await service.stop();
});
