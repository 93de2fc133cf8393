import { parseLiveServerMessages, type LiveColumn, type LiveServerMessage } from '@kymo/contract';

/** Values of one time, by labels as JSON; what is absent is not there. */
export type Row = Readonly<Record<string, unknown>>;

interface Asked {
  readonly expr: string;
  readonly interval: number;
}

/**
 * A client as one should be written: it joins what it gets to one series of rows by time, asks again
 * for what a gap says is missing, and comes back after a break with the last position before its
 * first hole. What a server of this protocol may not do is an error.
 */
export class JoinedClient {
  /** By Unix milliseconds. */
  readonly rows = new Map<number, Row>();
  /** Times that a server said cannot be had. */
  readonly lost = new Set<number>();
  readonly #asked: Asked;
  #send: (message: object) => void = () => undefined;
  #columns = new Map<number, readonly LiveColumn[]>();
  #topic: string | undefined;
  #subscription = 0;
  #tick = 0;
  #epoch = '';
  /** The last frame up to which all is here or known to be lost. */
  #position: { readonly epoch: string; readonly seq: number } | undefined;
  /** The last frame of this subscription. */
  #last: number | undefined;
  #resumed = false;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  /** Begins on a new connection; `send` takes what it says. */
  connect(send: (message: object) => void): void {
    this.#send = send;
    this.#subscribe();
  }

  /** Takes what a server says. */
  receive(text: string): void {
    for (const message of parseLiveServerMessages(text)) this.#take(message);
  }

  #subscribe(): void {
    this.#columns = new Map();
    this.#topic = undefined;
    this.#last = undefined;
    this.#resumed = this.#position !== undefined;
    this.#subscription++;
    const { expr, interval } = this.#asked;
    const id = this.#subscription;
    this.#send({ type: 'subscribe', id, expr, interval, from: this.#position });
  }

  #take(message: LiveServerMessage): void {
    switch (message.type) {
      case 'hello':
        this.#tick = message.tick;
        this.#epoch = message.epoch;
        break;
      case 'subscribed':
        if (message.id === this.#subscription) this.#topic = message.topic;
        break;
      case 'schema':
        this.#columns.set(message.version, message.columns);
        break;
      case 'frame':
        this.#frame(message);
        break;
      case 'gap':
        this.#gap(message);
        break;
      case 'error':
        throw new Error(message.message);
      case 'pong':
        break;
    }
  }

  #frame(frame: Extract<LiveServerMessage, { type: 'frame' }>): void {
    // Of a subscription that was given up, on its way.
    if (frame.topic !== this.#topic) return;
    const { seq, time, epoch, schema, values } = frame;
    const columns = this.#columns.get(schema);
    if (columns === undefined) throw new Error(`frame ${seq} by the unknown schema ${schema}`);
    if (columns.length !== values.length) throw new Error(`frame ${seq} has too many values`);
    if (time !== seq * this.#tick) throw new Error(`frame ${seq} has the time ${time}`);
    if (epoch !== this.#epoch) throw new Error(`frame ${seq} of another epoch`);
    this.#follows(seq);
    const pairs = columns.map(({ labels }, i) => [JSON.stringify(labels), values[i]] as const);
    this.rows.set(time, Object.fromEntries(pairs.filter(([, value]) => value !== null)));
    this.lost.delete(time);
    this.#last = seq;
    this.#position = { epoch, seq };
  }

  #gap({ topic, from, to, missed }: Extract<LiveServerMessage, { type: 'gap' }>): void {
    if (topic !== this.#topic) return;
    const every = this.#asked.interval / this.#tick;
    if (missed !== (to - from) / every + 1) throw new Error(`a gap of ${missed} is not one`);
    this.#follows(from);
    if (this.#resumed && this.#last === undefined) {
      // The answer to "from" itself: then it is gone.
      for (let seq = from; seq <= to; seq += every) this.lost.add(seq * this.#tick);
      this.#last = to;
      this.#position = { epoch: this.#epoch, seq: to };
      return;
    }
    this.#send({ type: 'unsubscribe', id: this.#subscription });
    this.#subscribe();
  }

  /** Frames of a topic follow each other without a hole; a gap fills one. */
  #follows(seq: number): void {
    const every = this.#asked.interval / this.#tick;
    const last = this.#last ?? (this.#resumed ? this.#position?.seq : undefined);
    if (last === undefined) return;
    const expected = Math.floor(last / every) * every + every;
    if (seq !== expected) throw new Error(`after ${last} came ${seq} and not ${expected}`);
  }
}
