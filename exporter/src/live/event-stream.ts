import type { LiveStream } from '@kymo/contract';
import type { Feed, Source } from './feed.js';
import { gapMessage } from './messages.js';

/** Frames that are kept for those who come back: unlike values, events cannot be worked out again. */
const KEPT = 1000;

interface Kept {
  readonly seq: number;
  readonly text: string;
}

export interface EventStreamOptions {
  readonly name: LiveStream;
  readonly number: number;
  readonly epoch: string;
}

/** The stream of alerts, or of the exporter's own events: what happened since the last tick. */
export class EventStream implements Source {
  readonly name: LiveStream;
  readonly number: number;
  readonly feeds = new Set<Feed>();
  readonly #epoch: string;
  readonly #kept: Kept[] = [];
  #pending: string[] = [];
  /** Up to this sequence number frames are no longer kept; those of an earlier run never were. */
  #forgotten: number | undefined;

  constructor({ name, number, epoch }: EventStreamOptions) {
    this.name = name;
    this.number = number;
    this.#epoch = epoch;
  }

  emit(event: object): void {
    this.#pending.push(JSON.stringify(event));
  }

  /** Makes the frame of a tick, where something has happened. */
  endTick(time: number, seq: number): void {
    this.#forgotten ??= seq - 1;
    if (this.#pending.length === 0) return;
    const text = `{"type":"frame","topic":"${this.name}","epoch":"${this.#epoch}","seq":${seq},"time":${time},"schema":0,"values":[${this.#pending.join(',')}]}`;
    this.#pending = [];
    this.#kept.push({ seq, text });
    if (this.#kept.length > KEPT) this.#forgotten = this.#kept.shift()?.seq;
  }

  batch(seq: number): readonly string[] {
    const last = this.#kept.at(-1);
    return last?.seq === seq ? [last.text] : [];
  }

  catchUp(from: number): string[] {
    const texts = this.#kept.filter(({ seq }) => seq >= from).map(({ text }) => text);
    const forgotten = this.#forgotten ?? 0;
    if (from > forgotten) return texts;
    // How much happened in these ticks is forgotten too; that of one is the least.
    return [gapMessage(this.name, { missed: 1, from, to: forgotten }), ...texts];
  }
}
