import type { LiveServerMessage } from '@kymo/contract';
import type { Socket } from '../src/datasource/live/connection.js';

/** A server's end of the sockets that a connection opens. To let the server act, add a method. */
export class FakeServer {
  /** Newest last. */
  readonly sockets: FakeSocket[] = [];
  /** Whether sockets fail to open. */
  refuses = false;

  readonly open = (): Socket => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    if (this.refuses) setTimeout(() => socket.end(), 1);
    return socket;
  };

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket has been opened');
    return socket;
  }
}

export class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  closed = false;
  /** What the client has sent. */
  readonly sent: Readonly<Record<string, unknown>>[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Readonly<Record<string, unknown>>);
  }

  close(): void {
    this.closed = true;
  }

  tell(...messages: LiveServerMessage[]): void {
    this.onmessage?.({ data: JSON.stringify(messages) });
  }

  hello(time = Date.now(), tick = 1000, epoch = 'first'): void {
    this.tell({ type: 'hello', version: 1, epoch, time, tick });
  }

  /** Answers the newest subscription. */
  subscribed(topic = 't1', labels: readonly Record<string, string>[] = [{ a: '1' }]): void {
    const last = this.sent.filter(({ type }) => type === 'subscribe').at(-1);
    const columns = labels.map((one) => ({ labels: one, type: 'unknown', unit: '' }));
    this.tell(
      { type: 'subscribed', id: Number(last?.id), topic },
      { type: 'schema', topic, version: 1, columns },
    );
  }

  frame(time: number, values: (number | null)[], topic = 't1', epoch = 'first'): void {
    this.tell({ type: 'frame', topic, epoch, seq: time / 1000, time, schema: 1, values });
  }

  /** The connection is lost. */
  end(): void {
    this.onclose?.({ code: 1006 });
  }
}
