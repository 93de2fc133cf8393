import {
  parseLiveServerMessages,
  type LiveColumn,
  type LivePosition,
  type LiveServerMessage,
} from '@kymo/contract';
import { WebSocket, type ClientOptions } from 'ws';

type Message<Type extends LiveServerMessage['type']> = Extract<LiveServerMessage, { type: Type }>;

/** Values of one time, by labels as {@link labelsKey} writes them; what is absent is not there. */
export type Row = ReadonlyMap<string, unknown>;

interface Frame {
  readonly seq: number;
  /** Unix milliseconds. */
  readonly time: number;
  readonly row: Row;
}

/** A label set as text, whatever the order of its labels. */
export function labelsKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A plain client of the live protocol that keeps all it is sent. */
export class LiveClient {
  readonly messages: LiveServerMessage[] = [];
  /** The code that the connection was closed with. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  #wake: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      this.messages.push(...parseLiveServerMessages((data as Buffer).toString()));
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /**
   * Connects to the live streams below an `http:` address and waits for the greeting.
   * @throws what the server answers instead of taking the WebSocket
   */
  static async connect(url: string, options: ClientOptions = {}): Promise<LiveClient> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/live`, options);
    const client = new LiveClient(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    await client.until(() => client.hello !== undefined);
    return client;
  }

  get hello(): Message<'hello'> | undefined {
    return this.#of('hello')[0];
  }

  get errors(): Message<'error'>[] {
    return this.#of('error');
  }

  /** Each second; the answer begins after `from`. */
  async subscribe(id: string, expr: string, from?: LivePosition): Promise<void> {
    await this.#subscribe({ type: 'subscribe', id, expr, interval: 1000, from });
  }

  async subscribeStream(id: string, stream: 'alerts' | 'events'): Promise<void> {
    await this.#subscribe({ type: 'subscribe', id, stream });
  }

  /** The frames of a subscription to an expression. */
  frames(id: string): Frame[] {
    const topic = this.#topic(id);
    let columns = new Map<number, readonly LiveColumn[]>();
    const frames: Frame[] = [];
    for (const message of this.messages) {
      if (!('topic' in message) || message.topic !== topic) continue;
      if (message.type === 'schema') {
        columns = new Map([...columns, [message.version, message.columns]]);
      } else if (message.type === 'frame') {
        const labels = columns.get(message.schema)?.map((column) => labelsKey(column.labels));
        if (labels?.length !== message.values.length) throw new Error('a frame without its schema');
        const pairs = labels.map((key, i) => [key, message.values[i]] as const);
        const row = new Map(pairs.filter(([, value]) => value !== null));
        frames.push({ seq: message.seq, time: message.time, row });
      }
    }
    return frames;
  }

  /** The sequence numbers that a subscription was told not to get. */
  missed(id: string): number[] {
    const topic = this.#topic(id);
    return this.#of('gap')
      .filter((gap) => gap.topic === topic)
      .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  }

  /** What a subscription to a stream was told, in order. */
  events(id: string): Record<string, unknown>[] {
    const topic = this.#topic(id);
    return this.#of('frame')
      .filter((frame) => frame.topic === topic)
      .flatMap(({ values }) => values as Record<string, unknown>[]);
  }

  /** Resolves once `found` is true of what has come; it is asked again after each message. */
  async until(found: () => boolean): Promise<void> {
    while (!found()) {
      await new Promise<void>((resolve, reject) => {
        this.#wake.push(resolve);
        void this.closed.then((code) => reject(new Error(`the connection was closed: ${code}`)));
      });
    }
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  async #subscribe(message: { readonly id: string } & Record<string, unknown>): Promise<void> {
    this.#socket.send(JSON.stringify(message));
    await this.until(() => this.#topic(message.id) !== undefined || this.errors.length > 0);
    if (this.errors.length > 0) throw new Error(this.errors[0].message);
  }

  #topic(id: string): string | undefined {
    return this.#of('subscribed').find((message) => message.id === id)?.topic;
  }

  #of<Type extends LiveServerMessage['type']>(type: Type): Message<Type>[] {
    return this.messages.filter((message): message is Message<Type> => message.type === type);
  }
}
