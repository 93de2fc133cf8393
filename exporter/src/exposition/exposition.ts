import type { ExposedSeriesReader } from '../series/exposed.js';
import { layOut, type Section } from './layout.js';
import { Lines } from './lines.js';
import type { ExpositionFormat } from './negotiate.js';
import { writeOpenMetrics } from './openmetrics.js';
import { Page } from './page.js';

/** A section with its lines, as of certain versions of its families. */
interface Part {
  readonly section: Section;
  readonly versions: readonly number[];
  readonly lines: Lines;
}

interface Cache {
  version: number | undefined;
  parts: ReadonlyMap<string, Part>;
  /** Bytes that the last page wanted. */
  size: number;
}

/**
 * Renders `/metrics` from the newest commit. Rendering never waits, so no tick comes between, and it
 * changes nothing in what it reads: the formats can be asked for in any order.
 *
 * Names and labels are spelt once and kept as bytes (for each format that is asked for, about 130
 * bytes a series of three labels) until a series is added to the family or leaves it.
 */
export class Exposition {
  readonly #reader: ExposedSeriesReader;
  readonly #caches: Readonly<Record<ExpositionFormat, Cache>> = {
    text: { version: undefined, parts: new Map(), size: 4096 },
    openmetrics: { version: undefined, parts: new Map(), size: 4096 },
  };
  #omitted = 0;
  /** Pages that are out, and the memory of one that came back. */
  readonly #lent = new WeakSet<Buffer>();
  #spare: Buffer | undefined;

  constructor(reader: ExposedSeriesReader) {
    this.#reader = reader;
  }

  /**
   * Samples that the last OpenMetrics page left out since that format forbids their value (see
   * {@link writeOpenMetrics}).
   */
  get omitted(): number {
    return this.#omitted;
  }

  /**
   * The page with every family that has a live series. The buffer is the caller's: nothing is
   * written to it later, unless it is given to {@link recycle}.
   */
  render(format: ExpositionFormat): Buffer {
    const reader = this.#reader;
    const cache = this.#refresh(format);
    const page = new Page(this.#takeMemory(cache.size));
    let omitted = 0;
    for (const { section, lines } of cache.parts.values()) {
      const start = page.length;
      page.writeText(section.header, lines.size);
      const body = page.length;
      if (format === 'openmetrics') omitted += writeOpenMetrics({ page, section, lines, reader });
      else lines.writeLive(page, reader.latestValues, reader.latestLive);
      if (page.length === body) page.length = start;
    }
    if (format === 'openmetrics') {
      page.writeText('# EOF\n');
      this.#omitted = omitted;
    }
    cache.size = page.wanted;
    const finished = page.finish();
    this.#lent.add(finished);
    return finished;
  }

  /**
   * Takes back the memory of a page that nobody reads any more, for the next one: on a page of
   * megabytes, fresh memory takes longer than what is written to it. Nobody has to call this. A page
   * counts once; any other buffer is ignored.
   */
  recycle(page: Buffer): void {
    if (!this.#lent.delete(page)) return;
    if (this.#spare === undefined || this.#spare.length < page.buffer.byteLength) {
      this.#spare = Buffer.from(page.buffer);
    }
  }

  #takeMemory(size: number): Buffer {
    const spare = this.#spare;
    this.#spare = undefined;
    // What is much too large stems from series that are gone.
    const isFit = spare !== undefined && spare.length >= size && spare.length <= 4 * size;
    return isFit ? spare : Buffer.allocUnsafeSlow(size);
  }

  /** Spells what has changed since the last page of this format. */
  #refresh(format: ExpositionFormat): Cache {
    const cache = this.#caches[format];
    const { exposedVersion } = this.#reader;
    if (cache.version === exposedVersion) return cache;
    const parts = new Map<string, Part>();
    for (const section of layOut(this.#reader.exposedFamilies(), format)) {
      const old = cache.parts.get(section.name);
      parts.set(section.name, refreshed(section, format, old));
    }
    cache.parts = parts;
    cache.version = exposedVersion;
    return cache;
  }
}

function refreshed(section: Section, format: ExpositionFormat, old: Part | undefined): Part {
  const versions = section.families.map(({ version }) => version);
  // Which of two families has a sample that both have must not depend on who came first.
  const isShared = section.families.length > 1;
  if (old === undefined || old.section.shape !== section.shape || isShared) {
    return { section, versions, lines: Lines.build(section, format) };
  }
  const isSame =
    old.versions.length === versions.length &&
    versions.every((version, i) => version === old.versions[i]) &&
    section.families.every((f, i) => f.metadata === old.section.families[i].metadata);
  const lines = isSame ? old.lines : Lines.build(section, format, old.lines);
  return { section, versions, lines };
}
