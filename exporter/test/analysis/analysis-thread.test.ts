import { afterEach, describe, expect, test } from 'vitest';
import { AnalysisThread } from '../../src/analysis/analysis-thread.js';

/** A real thread; stopped after each test. */
const open: AnalysisThread[] = [];
afterEach(() => Promise.all(open.splice(0).map((thread) => thread.stop())));

function started(timeout?: number) {
  const crashes: unknown[] = [];
  const onCrash = (thrown: unknown): void => void crashes.push(thrown);
  const thread = new AnalysisThread({ onCrash, ...(timeout === undefined ? {} : { timeout }) });
  open.push(thread);
  return { thread, crashes };
}

const grid = { start: 0, step: 1000, length: 10 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const series = (name: string) => ({
  metric: { __name__: name },
  values: Array.from({ length: 10 }, (_, i) => [i, `${i}`]),
});
const body = (...names: string[]): Uint8Array =>
  bytes(JSON.stringify({ status: 'success', data: { result: names.map(series) }, infos: ['hm'] }));
const never = (): AbortSignal => new AbortController().signal;
const statistics = (of = body('a')) => ({ grid, body: of, earlier: [] });

describe('the analysis thread', () => {
  test('answers with bytes, and with what the query had to say', async () => {
    const { thread } = started();
    const answer = await thread.run('statistics', statistics(), never());
    expect(answer.infos).toEqual(['hm']);
    const text = new TextDecoder().decode(answer.body);
    expect(JSON.parse(text)).toMatchObject({ start: 0, end: 9, series: [{ periods: [] }] });
  });

  test('rejects with what a task finds wrong', async () => {
    const { thread, crashes } = started();
    const task = { grid, body: body('a'), horizon: 0, level: 0.9 };
    await expect(thread.run('forecast', task, never())).rejects.toMatchObject({
      code: 'bad_forecast',
    });
    expect(crashes).toEqual([]);
  });

  test('gives up what takes too long', async () => {
    const { thread } = started(-1);
    await expect(thread.run('statistics', statistics(), never())).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  test('refuses what has no room to wait, and counts', async () => {
    const thread = new AnalysisThread({ onCrash: () => undefined, maxWaiting: 1 });
    open.push(thread);
    const running = thread.run('statistics', statistics(), never());
    const waiting = thread.run('statistics', statistics(), never());
    await expect(thread.run('statistics', statistics(), never())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('`analysis.max_waiting`') as string,
    });
    await Promise.all([running, waiting]);
    expect(Object.fromEntries(thread.outcomes)).toEqual({ refused: 1, ok: 2 });
  });

  test('gives up what nobody waits for, waiting or running, and goes on with the rest', async () => {
    const { thread } = started();
    const [first, second] = [new AbortController(), new AbortController()];
    const names = Array.from({ length: 100 }, (_, i) => `s${i}`);
    const running = thread.run('statistics', statistics(body(...names)), first.signal);
    const waiting = thread.run('statistics', statistics(), second.signal);
    const last = thread.run('statistics', statistics(), never());
    second.abort();
    first.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'canceled' });
    await expect(running).rejects.toMatchObject({ code: 'canceled' });
    expect((await last).body.length).toBeGreaterThan(0);
  });

  test('is started again after a crash, which ends one analysis alone', async () => {
    const { thread, crashes } = started();
    const broken = thread.run('statistics', statistics(bytes('no JSON')), never());
    const next = thread.run('statistics', statistics(), never());
    await expect(broken).rejects.toMatchObject({ code: 'unavailable' });
    expect((await next).body.length).toBeGreaterThan(0);
    expect(crashes).toHaveLength(1);
  });

  test('refuses what is more than may wait, and all once it is stopped', async () => {
    const { thread } = started();
    const all = Array.from({ length: 34 }, () => thread.run('statistics', statistics(), never()));
    const settled = Promise.allSettled(all);
    await expect(all[33]).rejects.toMatchObject({ code: 'unavailable' });
    await thread.stop();
    await settled;
    await expect(thread.run('statistics', statistics(), never())).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
