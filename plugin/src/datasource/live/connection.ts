import type { LiveColumn, LivePosition, LiveServerMessage } from '@kymo/contract';
import { backoff } from './backoff.js';
import { Topics } from './topics.js';
import { decodeMessages } from './wire.js';

/** The part of a browser's WebSocket that is used. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export type LiveFrame = Extract<LiveServerMessage, { type: 'frame' }>;
export type LiveGap = Extract<LiveServerMessage, { type: 'gap' }>;
export type LiveFailure = Extract<LiveServerMessage, { type: 'error' }>;

/** How frames come: over the connection to the exporter, or through Grafana Live. */
export type LiveTransport = 'websocket' | 'live';

/** What the server's hello says, with our clock beside it. */
export interface Hello {
  readonly epoch: string;
  /** Milliseconds. */
  readonly tick: number;
  /** Milliseconds that the server's clock is ahead of ours. */
  readonly clockOffset: number;
}

/** One subscription to an expression. */
export interface Subscriber {
  readonly expr: string;
  /** Wanted in place of an expression: frames have no columns then, and events as values. */
  readonly stream?: 'alerts';
  /** Milliseconds between frames, by the tick of the server. */
  interval(tick: number): number;
  /** The last frame it has; the answer begins with the one after. */
  position(): LivePosition | undefined;
  /** The server answers, and is asked for this subscription after the call. */
  onUp(hello: Hello): void;
  /** The connection is lost or could not be made; tries go on. */
  onDown(): void;
  onFrame(frame: LiveFrame, columns: readonly LiveColumn[], via: LiveTransport): void;
  onGap(gap: LiveGap): void;
  onError(failure: LiveFailure): void;
}

export interface ConnectionOptions {
  readonly open: () => Socket;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Milliseconds. */
const LINGER = 5000;
const SILENCE = 10_000;
const PONG_WITHIN = 5000;
const OPEN_WITHIN = 5000;

type Timer = ReturnType<typeof setTimeout>;

/**
 * The one WebSocket of a browser tab to an exporter. It is open while somebody subscribes and a little
 * longer, and comes back by itself; every subscription then resumes after the last frame it has.
 */
export class LiveConnection {
  readonly #options: ConnectionOptions;
  readonly #subscribers = new Map<number, Subscriber>();
  readonly #topics = new Topics();
  #socket: Socket | undefined;
  #hello: Hello | undefined;
  #nextId = 1;
  #attempt = 0;
  /** The one thing waited for: the next try, the hello, a sign of life, or the end of lingering. */
  #timer: Timer | undefined;
  /** Whether that is a sign of life. */
  #isListening = false;
  /** When the last one came, as `performance.now()` has it. */
  #heard = 0;
  #linger: Timer | undefined;
  /** Who wants to know whether there is a connection. */
  readonly #waiting = new Set<(answer: boolean) => void>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Subscribes until the returned function is called. */
  subscribe(subscriber: Subscriber): () => void {
    const id = this.#nextId++;
    clearTimeout(this.#linger);
    this.#subscribers.set(id, subscriber);
    if (this.#hello !== undefined) this.#ask(id, subscriber, this.#hello);
    else if (this.#socket === undefined && this.#timer === undefined) this.#connect();
    return () => this.#unsubscribe(id);
  }

  /** Whether the server answers within five seconds. */
  connects(): Promise<boolean> {
    if (this.#hello !== undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (answer: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        this.#lingerIfUnused();
        resolve(answer);
      };
      const timer = setTimeout(() => done(false), OPEN_WITHIN);
      this.#waiting.add(done);
      if (this.#socket === undefined && this.#timer === undefined) this.#connect();
    });
  }

  #lingerIfUnused(): void {
    clearTimeout(this.#linger);
    if (this.#subscribers.size > 0 || this.#waiting.size > 0) return;
    this.#linger = setTimeout(() => this.#close(), LINGER);
  }

  #unsubscribe(id: number): void {
    if (!this.#subscribers.delete(id)) return;
    if (this.#hello !== undefined) this.#send({ type: 'unsubscribe', id });
    this.#topics.remove(id);
    this.#lingerIfUnused();
  }

  #close(): void {
    this.#wait(undefined, () => undefined);
    const socket = this.#socket;
    this.#forget();
    this.#attempt = 0;
    socket?.close(1000);
  }

  #forget(): void {
    this.#socket = undefined;
    this.#hello = undefined;
    this.#topics.clear();
  }

  #wait(milliseconds: number | undefined, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isListening = false;
    if (milliseconds === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isListening = false;
      then();
    }, milliseconds);
  }

  /**
   * A socket that a firewall has forgotten says nothing at all, not even that it is closed. The timer stays
   * while messages come: to set another with each costs more than to look at the clock.
   */
  #listen(milliseconds: number): void {
    this.#wait(milliseconds, () => {
      const silent = performance.now() - this.#heard;
      if (silent < SILENCE) {
        this.#listen(SILENCE - silent);
        return;
      }
      this.#send({ type: 'ping' });
      this.#wait(PONG_WITHIN, () => this.#drop());
    });
    this.#isListening = true;
  }

  #connect(): void {
    const socket = this.#options.open();
    this.#socket = socket;
    // What an earlier socket still has to say is of no interest.
    const current = (): boolean => this.#socket === socket;
    socket.onmessage = ({ data }) => {
      if (current()) this.#onText(data);
    };
    socket.onclose = () => {
      if (current()) this.#lost();
    };
    this.#wait(OPEN_WITHIN, () => this.#drop());
  }

  /** Gives a socket up without waiting for its closing handshake. */
  #drop(): void {
    const socket = this.#socket;
    this.#lost();
    socket?.close();
  }

  #lost(): void {
    this.#forget();
    for (const done of [...this.#waiting]) done(false);
    if (this.#subscribers.size === 0) {
      this.#wait(undefined, () => undefined);
      return;
    }
    this.#wait(backoff(this.#attempt++, this.#options.random), () => this.#connect());
    for (const subscriber of [...this.#subscribers.values()]) subscriber.onDown();
  }

  #onText(data: unknown): void {
    let messages: LiveServerMessage[];
    try {
      messages = decodeMessages(String(data));
    } catch {
      this.#drop();
      return;
    }
    this.#heard = performance.now();
    if (!this.#isListening) this.#listen(SILENCE);
    for (const message of messages) this.#onMessage(message);
  }

  #onMessage(message: LiveServerMessage): void {
    switch (message.type) {
      case 'hello':
        this.#onHello(message);
        break;
      case 'subscribed': {
        const id = Number(message.id);
        if (!this.#subscribers.has(id)) break;
        this.#topics.add(id, message.topic);
        break;
      }
      case 'schema':
        this.#topics.setSchema(message.topic, message.version, message.columns);
        break;
      case 'frame': {
        const columns = this.#topics.columns(message.topic, message.schema);
        if (columns === undefined) break;
        this.#each(message.topic, (subscriber) =>
          subscriber.onFrame(message, columns, 'websocket'),
        );
        break;
      }
      case 'gap':
        this.#each(message.topic, (subscriber) => subscriber.onGap(message));
        break;
      case 'error':
        if (message.topic !== undefined) {
          this.#each(message.topic, (subscriber) => subscriber.onError(message));
        } else if (message.id !== undefined) {
          this.#subscribers.get(Number(message.id))?.onError(message);
        }
        break;
      case 'pong':
        break;
    }
  }

  #onHello({ epoch, tick, time }: Extract<LiveServerMessage, { type: 'hello' }>): void {
    this.#hello = { epoch, tick, clockOffset: time - this.#options.now() };
    this.#attempt = 0;
    for (const done of [...this.#waiting]) done(true);
    for (const [id, subscriber] of [...this.#subscribers]) this.#ask(id, subscriber, this.#hello);
  }

  #ask(id: number, subscriber: Subscriber, hello: Hello): void {
    subscriber.onUp(hello);
    if (!this.#subscribers.has(id)) return;
    const { expr, stream } = subscriber;
    const interval = subscriber.interval(hello.tick);
    const wanted = stream === undefined ? { expr, interval } : { stream };
    this.#send({ type: 'subscribe', id, ...wanted, from: subscriber.position() });
  }

  #each(topic: string, call: (subscriber: Subscriber) => void): void {
    for (const id of this.#topics.ids(topic)) {
      const subscriber = this.#subscribers.get(id);
      if (subscriber !== undefined) call(subscriber);
    }
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }
}
