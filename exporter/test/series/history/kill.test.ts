import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COUNTER, GAUGE, Process, temporaryDirectory } from './fixture.js';

/** `KILL_ROUNDS=100` for a long look. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 8);
const WRITER = path.join(path.dirname(fileURLToPath(import.meta.url)), 'history-writer.mjs');
const START = 1_700_000_000_000 - (1_700_000_000_000 % 60_000);

/** Runs the writer from tick `first` until it is killed; the last tick that was on disk for sure. */
async function runAndKill(directory: string, first: number, lines: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let isKilled = false;
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    if (isKilled || output.split('\n').length <= lines) return;
    isKilled = child.kill('SIGKILL');
  });
  await once(child, 'close');
  const whole = output.split('\n').slice(0, -1);
  expect(whole.length).toBeGreaterThan(0);
  return Number(whole.at(-1));
}

test(
  'kill -9 loses no more than a flush interval, and the store opens',
  { timeout: (30 + 10 * ROUNDS) * 1000 },
  async () => {
    const directory = temporaryDirectory();
    let first = 0;
    const gaps: [from: number, to: number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const last = await runAndKill(directory, first, 2 + 5 * (round % 3));
      const opened = await Process.start(directory);
      const kept = await opened.history.samples(GAUGE, START, Infinity);
      await opened.stop();
      const newest = ((kept.at(-1)?.time ?? 0) - START) / 1000;
      expect(newest).toBeGreaterThanOrEqual(last);
      // The next process starts later: between there is nothing, and the counter goes on.
      first = newest + 31;
      gaps.push([newest, first]);
    }
    const opened = await Process.start(directory);
    const samples = await opened.history.samples(GAUGE, START, Infinity);
    const minutes = await opened.history.buckets(GAUGE, 'minute', START, Infinity);
    const counts = await opened.history.samples(COUNTER, START, Infinity);
    const increases = await opened.history.buckets(COUNTER, 'minute', START, Infinity);
    await opened.stop();
    const times = samples.map(({ time }) => (time - START) / 1000);
    const holes = times.flatMap((time, i): [number, number][] =>
      i > 0 && time !== times[i - 1] + 1 ? [[times[i - 1], time]] : [],
    );
    expect(holes).toEqual(gaps.slice(0, -1));
    expect(minutes.reduce((sum, { count }) => sum + count, 0)).toBe(samples.length);
    expect(increases.reduce((sum, bucket) => sum + bucket.sum, 0)).toBe(counts.at(-1)?.value);
  },
);
