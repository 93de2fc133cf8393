import type { FamilyMetadata } from '../../../src/series/metadata.js';
import { NoData, type Source } from '../../../src/sources/source.js';
import { RecordingWriter, tick } from '../registry/recording-writer.js';

export { RecordingWriter, tick };

/** Sources that are collected together, each with its own writer, as on a tick. */
export class Collection {
  readonly #sources: readonly { source: Source; writer: RecordingWriter }[];

  constructor(sources: readonly Source[]) {
    this.#sources = sources.map((source) => ({ source, writer: new RecordingWriter() }));
  }

  /** Values of all sources by series. A source without data yields none; an error is thrown on. */
  async tick(): Promise<Map<string, number>> {
    const all = new Map<string, number>();
    for (const { source, writer } of this.#sources) {
      try {
        const samples = await tick(source, writer);
        for (const [series, value] of samples) all.set(series, value);
      } catch (thrown) {
        if (!(thrown instanceof NoData)) throw thrown;
        writer.fail();
      }
    }
    return all;
  }

  /** All families that were declared, by name. */
  get families(): ReadonlyMap<string, FamilyMetadata> {
    return new Map(this.#sources.flatMap(({ writer }) => [...writer.families]));
  }

  async stop(): Promise<void> {
    for (const { source } of this.#sources) await source.stop?.();
  }
}

/** One line a series, sorted. */
export function render(samples: ReadonlyMap<string, number>): string {
  return [...samples]
    .map(([series, value]) => `${series} ${value}\n`)
    .sort()
    .join('');
}

/** The metric's name of a series as PromQL writes it. */
export function nameOf(series: string): string {
  return series.replace(/\{.*$/s, '');
}
