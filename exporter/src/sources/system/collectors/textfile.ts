import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../../lib/errors.js';
import type { FamilyMetadata } from '../../../series/metadata.js';
import type { SeriesId } from '../../../series/reader.js';
import type { SourceWriter } from '../../../series/writer.js';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { parseExpositionText, type TextFamily, type TextSample } from '../exposition-text.js';
import { isMissing } from '../file.js';
import { defaultSystemOptions, type SystemOptions } from '../options.js';
import { Table } from '../row.js';

/** Bytes that a file may have; more would hold up the tick. */
const MAX_SIZE = 16 * 1024 * 1024;

/** Metrics that other programs leave in files (`*.prom`), in the text format 0.0.4. */
export function textfile({ textfile: { directory } }: SystemOptions): Source {
  const modified = new Family({
    name: 'node_textfile_mtime_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'When the file was changed, in Unix time.',
    labels: ['file'],
  });
  const scrapeError = new Family({
    name: 'node_textfile_scrape_error',
    type: 'gauge',
    help: 'Whether the folder or a file could not be read: 1 yes, 0 no.',
  });
  const files = new Table((file) => new TextFile(file));
  return {
    name: 'textfile',
    collect: ({ writer }) => {
      const names = list(directory);
      let failed = names === undefined;
      files.begin();
      for (const name of names ?? []) {
        const file = files.get(path.join(directory, name));
        try {
          file.refresh();
          file.stage(writer);
          modified.set(writer, Math.floor(file.modified / 1000), file.path);
        } catch {
          failed = true;
        }
      }
      files.end();
      scrapeError.set(writer, failed ? 1 : 0);
    },
  };
}

/** Names of the files; undefined where the folder cannot be read. */
function list(directory: string): string[] | undefined {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.prom'));
  } catch (thrown) {
    const byDefault = directory === defaultSystemOptions.textfile.directory;
    if (byDefault && isMissing(thrown)) throw new NoData(`${directory} does not exist`);
    return undefined;
  }
}

interface Entry {
  readonly metadata: FamilyMetadata;
  readonly sample: TextSample;
  id: SeriesId;
}

/** One file; it is read again when it has changed. */
class TextFile {
  readonly path: string;
  /** Unix milliseconds. */
  modified = 0;
  #size = -1;
  #entries: readonly Entry[] = [];
  #error: Error | undefined;
  #writer: SourceWriter | undefined;
  #removals = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws Error where the file cannot be read, or not be parsed. */
  refresh(): void {
    const { mtimeMs, size } = statSync(this.path);
    if (mtimeMs !== this.modified || size !== this.#size) {
      this.modified = mtimeMs;
      this.#size = size;
      this.#entries = [];
      this.#error = undefined;
      try {
        if (size > MAX_SIZE) throw new Error(`${this.path} has more than ${MAX_SIZE} bytes`);
        this.#entries = parseExpositionText(readFileSync(this.path, 'utf8')).flatMap((family) =>
          this.#entriesOf(family),
        );
      } catch (thrown) {
        this.#error = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
      }
    }
    if (this.#error !== undefined) throw this.#error;
  }

  /** @throws KymoError where a family of this name has another type, see {@link SourceWriter}. */
  stage(writer: SourceWriter): void {
    const known = writer === this.#writer && writer.removals === this.#removals;
    this.#writer = writer;
    this.#removals = writer.removals;
    for (const entry of this.#entries) {
      const { metadata, sample } = entry;
      if (!known || entry.id < 0 || !writer.has(entry.id)) {
        entry.id = writer.series(writer.family(metadata), sample.labels, sample.suffix);
      }
      writer.set(entry.id, sample.value);
    }
  }

  #entriesOf({ metadata, samples }: TextFamily): Entry[] {
    const help = metadata.help === '' ? `Metric read from ${this.path}` : metadata.help;
    const described = { ...metadata, help };
    return samples.map((sample) => ({ metadata: described, sample, id: -1 }));
  }
}
