import type { Clock } from '../../lib/clock.js';
import { messageOf } from '../../lib/errors.js';
import type { SourceWriter } from '../../series/writer.js';
import { SystemFile } from './file.js';
import type { CollectContext } from '../source.js';

/** Milliseconds after which devices are listed again, and what is steady is read again. */
const LIST_EVERY = 30_000;
/** Milliseconds from the beginning of a sweep to that of the next, at least. */
const SWEEP_EVERY = 1_000;
/** A timer on a grid fires early or late by some milliseconds. */
const JITTER = 100;

/** An attribute of a device in sysfs that may take milliseconds to be read. */
export interface SlowAttribute {
  readonly path: string;
  /** Whether it hardly ever changes, as a limit or a label. */
  readonly steady?: boolean;
  /** Stages what the attribute holds, a text without newline. */
  readonly stage: (writer: SourceWriter, text: string) => void;
}

interface Reading {
  readonly attribute: SlowAttribute;
  readonly file: SystemFile;
  text: string | undefined;
  due: boolean;
}

export interface SlowAttributesOptions {
  readonly clock: Clock;
  /** Finds the devices of this host; called now and then. May throw `NoData`. */
  readonly list: () => readonly SlowAttribute[];
}

/**
 * Attributes of devices that answer slowly (sensors behind a bus, firmware): they are read one after
 * the other off the tick, and a tick tells what was read last.
 */
export class SlowAttributes {
  readonly #options: SlowAttributesOptions;
  #readings: readonly Reading[] = [];
  #listed = -Infinity;
  /** What the last listing threw. */
  #thrown: Error | undefined;
  #sweepAfter = -Infinity;
  #sweep: Promise<void> | undefined;
  #swept = false;

  constructor(options: SlowAttributesOptions) {
    this.#options = options;
  }

  /** Throws what `list` throws. Waits only in the first call, and there no longer than its signal. */
  collect({ writer, signal }: CollectContext): void | Promise<void> {
    const now = this.#options.clock.monotonic();
    if (now >= this.#listed + LIST_EVERY) this.#list(now);
    if (this.#thrown !== undefined) throw this.#thrown;
    if (this.#swept) this.#stage(writer);
    if (this.#sweep === undefined && now >= this.#sweepAfter) {
      this.#sweepAfter = now + SWEEP_EVERY - JITTER;
      this.#sweep = this.#read().then(() => (this.#sweep = undefined));
    }
    if (this.#swept || this.#sweep === undefined) return undefined;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return Promise.race([this.#sweep, aborted]).then(() => this.#stage(writer));
  }

  close(): void {
    for (const { file } of this.#readings) file.close();
    this.#readings = [];
    this.#listed = -Infinity;
  }

  #list(now: number): void {
    const known = new Map(this.#readings.map((reading) => [reading.file.path, reading]));
    let attributes: readonly SlowAttribute[] = [];
    this.#thrown = undefined;
    try {
      attributes = this.#options.list();
    } catch (thrown) {
      this.#thrown = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
    }
    this.#readings = attributes.map((attribute) => {
      const before = known.get(attribute.path);
      known.delete(attribute.path);
      const file = before?.file ?? new SystemFile(attribute.path);
      return { attribute, file, text: before?.text, due: true };
    });
    for (const { file } of known.values()) file.close();
    this.#listed = now;
  }

  async #read(): Promise<void> {
    for (const reading of this.#readings) {
      if (!reading.due) continue;
      reading.text = await reading.file.attributeLater();
      reading.due = reading.attribute.steady !== true;
    }
    this.#swept = true;
  }

  #stage(writer: SourceWriter): void {
    for (const { attribute, text } of this.#readings) {
      if (text !== undefined) attribute.stage(writer, text);
    }
  }
}
