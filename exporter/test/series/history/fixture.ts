import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { silentLogger } from '../../../src/lib/logger.js';
import type { Bucket } from '../../../src/series/history/bucket.js';
import { Head } from '../../../src/series/head.js';
import { History, type HistoryOptions } from '../../../src/series/history/history.js';
import { LabelSet } from '../../../src/series/labels.js';
import type { SourceWriter } from '../../../src/series/writer.js';

/** A directory that is removed after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'kymo-history-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** With the distribution that is decoded only when it is looked at. */
export function plain(bucket: Bucket): Bucket {
  const { schema, keys, counts } = bucket.distribution;
  return { ...bucket, distribution: { schema, keys, counts } };
}

export const GAUGE = LabelSet.from({ __name__: 'temperature', room: 'a' });
export const COUNTER = LabelSet.from({ __name__: 'requests_total' });

/** A head and a history over it, as a process has them; values are given for each tick. */
export class Process {
  readonly head: Head;
  readonly history: History;
  readonly #writer: SourceWriter;

  private constructor(head: Head, history: History) {
    this.head = head;
    this.history = history;
    this.#writer = head.source('test', { exposed: true });
  }

  static async start(directory: string, options: Partial<HistoryOptions> = {}): Promise<Process> {
    const head = new Head({ memory: 2 ** 22 });
    const history = await History.open(directory, {
      reader: head,
      logger: silentLogger,
      now: () => 0,
      ...options,
    });
    return new Process(head, history);
  }

  /** One tick. A value that is `undefined` is not reported. */
  tick(time: number, { gauge, counter }: { gauge?: number; counter?: number }): void {
    const writer = this.#writer;
    if (gauge !== undefined) {
      const family = writer.family({ name: 'temperature', type: 'gauge', help: '' });
      writer.set(writer.series(family, { room: 'a' }), gauge);
    }
    if (counter !== undefined) {
      const family = writer.family({ name: 'requests_total', type: 'counter', help: '' });
      writer.set(writer.series(family, {}), counter);
    }
    writer.commit(time);
    this.history.tick(time);
    this.head.endTick(time);
  }

  /** Waits for what the ticks have started. */
  async settle(): Promise<void> {
    await this.history.idle();
  }

  stop(): Promise<void> {
    return this.history.close();
  }
}
