import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { history } from '../../src/commands/history.js';
import { silentLogger } from '../../src/lib/logger.js';
import { Head } from '../../src/series/head.js';
import { History } from '../../src/series/history/history.js';
import { LabelSet } from '../../src/series/labels.js';

const PROMTOOL = '/usr/bin/promtool';
const START = 1_700_000_040_000;
const MINUTE = 60_000;

function folder(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'kymo-history-command-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function call(...args: string[]): Promise<{ code: number; out: string; said: string }> {
  let [out, said] = ['', ''];
  const code = await history.run({
    args,
    environment: {},
    print: (text) => (out += text),
    complain: (text) => (said += text),
  });
  return { code, out, said };
}

/** Text of a counter that grows by one a second and restarts once, and of a gauge, for two hours. */
function samples(): string {
  const lines: string[] = [];
  for (let i = 0; i < 7200; i++) {
    lines.push(`requests_total{path="a \\"b\\""} ${i % 5000} ${START / 1000 + i}`);
  }
  for (let i = 0; i < 7200; i++) lines.push(`heat ${i % 60} ${START / 1000 + i}`);
  return `${lines.join('\n')}\n# EOF\n`;
}

const open = (directory: string): Promise<History> =>
  History.open(path.join(directory, 'history'), {
    reader: new Head({ memory: 2 ** 20 }),
    logger: silentLogger,
    now: () => 0,
  });

test('what is imported is exported again, rolls up, and does not count twice', async () => {
  const directory = folder();
  const file = path.join(directory, 'samples.om');
  writeFileSync(file, samples());
  const first = await call('import', file, '--data-dir', directory);
  expect([first.code, first.said]).toEqual([0, '14400 samples of 2 series were taken over\n']);
  const again = await call('import', file, '--data-dir', directory);
  expect(again.said).toContain('0 samples of 2 series were taken over; 14400 were left out');
  const { out } = await call('export', '--data-dir', directory);
  expect(out.split('\n').sort()).toEqual(samples().split('\n').sort());

  const store = await open(directory);
  onTestFinished(() => store.close());
  const heat = LabelSet.from({ __name__: 'heat' });
  const minutes = await store.buckets(heat, 'minute', 0, Infinity);
  expect(minutes).toHaveLength(120);
  expect(minutes[7]).toMatchObject({ start: START + 7 * MINUTE, count: 60, min: 0, max: 59 });
  const requests = LabelSet.from({ __name__: 'requests_total', path: 'a "b"' });
  const hours = await store.buckets(requests, 'hour', 0, Infinity);
  // The one that was begun again at 0 adds nothing for the second in which it was.
  expect(hours.reduce((total, { sum }) => total + sum, 0)).toBe(7199 - 1);
});

test('an export can be narrowed, and goes into a file', async () => {
  const directory = folder();
  const file = path.join(directory, 'samples.om');
  writeFileSync(file, samples());
  await call('import', file, '--data-dir', directory);
  const output = path.join(directory, 'out.om');
  const range = ['--start', `${START / 1000 + 10}`, '--end', '2023-11-14T22:14:12Z'];
  const flags = ['--match', 'heat', '--output', output, '--data-dir', directory];
  const { said } = await call('export', ...range, ...flags);
  expect(said).toBe('2 samples of 1 series were written\n');
  expect(readFileSync(output, 'utf8')).toBe('heat 10 1700000050\nheat 11 1700000051\n# EOF\n');
});

test.runIf(existsSync(PROMTOOL))('promtool makes blocks of an export', async () => {
  const directory = folder();
  const file = path.join(directory, 'samples.om');
  writeFileSync(file, samples());
  await call('import', file, '--data-dir', directory);
  const output = path.join(directory, 'out.om');
  await call('export', '--output', output, '--data-dir', directory);
  const blocks = path.join(directory, 'blocks');
  const made = spawnSync(PROMTOOL, ['tsdb', 'create-blocks-from', 'openmetrics', output, blocks], {
    encoding: 'utf8',
  });
  expect([made.status, made.stderr]).toEqual([0, '']);
});

test('what is wrong is told with its place, and what was read before stays', async () => {
  const directory = folder();
  const file = path.join(directory, 'bad.om');
  writeFileSync(file, 'heat 1 1700000000\nheat 2 1700000000\n');
  const { code, said } = await call('import', file, '--data-dir', directory);
  expect(code).toBe(1);
  expect(said).toBe(
    `kymo: ${file}:2: a sample of heat is not after the one before it; a series is to be sorted by time\n`,
  );
  const kept = await call('export', '--data-dir', directory);
  expect(kept.out).toBe('heat 1 1700000000\n# EOF\n');
  const nowhere = await call('export', '--data-dir', path.join(directory, 'nowhere'));
  expect([nowhere.code, nowhere.said]).toEqual([
    1,
    `kymo: ${path.join(directory, 'nowhere', 'history')}: there is no history; --data-dir says where\n`,
  ]);
  for (const args of [[], ['import'], ['export', 'x'], ['export', '--start', 'soon']]) {
    await expect(call(...args)).rejects.toMatchObject({ code: 'wrong_use' });
  }
});
