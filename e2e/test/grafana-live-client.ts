import { WebSocket } from 'ws';
import { labelsKey } from './live-client.js';

/** What of a message of Grafana Live (JSON of Centrifuge) is looked at. */
interface Message {
  readonly error?: { readonly message: string };
  readonly subscribe?: { readonly data?: Publication };
  readonly push?: { readonly pub?: { readonly data?: Publication } };
}

/** A data frame; its values are columns: labels, time, value. */
interface Publication {
  readonly data?: { readonly values?: readonly (readonly unknown[])[] };
}

interface ChannelOptions {
  /** Root of Grafana. */
  readonly url: string;
  /** Value of the header `Authorization`. */
  readonly authorization: string;
  /** Such as `stream/kymo/host_load`. */
  readonly channel: string;
}

/**
 * Subscribes to a channel through Grafana's own Live WebSocket, as a browser does. When the connection
 * breaks it can come back, with nothing of what it missed.
 */
export class GrafanaChannel {
  /** All that has come: by Unix milliseconds, values by labels. */
  readonly rows = new Map<number, Map<string, unknown>>();
  isConnected = false;
  /** What Grafana has refused. */
  error: string | undefined;
  readonly #options: ChannelOptions;
  #socket: WebSocket | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Unix milliseconds of all that has come, ascending. */
  get times(): number[] {
    return [...this.rows.keys()].sort((a, b) => a - b);
  }

  close(): void {
    this.#socket?.close();
  }

  connect(): void {
    const { url, authorization, channel } = this.#options;
    const address = `${url.replace(/^http/, 'ws')}/api/live/ws`;
    const socket = new WebSocket(address, { headers: { authorization } });
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('open', () => {
      socket.send('{"id":1,"connect":{}}');
      socket.send(JSON.stringify({ id: 2, subscribe: { channel: `default/${channel}` } }));
    });
    socket.on('message', (data) => {
      for (const line of (data as Buffer).toString().split('\n')) {
        // A ping of Centrifuge, which wants the same back.
        if (line === '{}') socket.send('{}');
        else this.#take(JSON.parse(line) as Message);
      }
    });
    socket.on('close', () => (this.isConnected = false));
  }

  #take({ error, subscribe, push }: Message): void {
    this.error ??= error?.message;
    if (subscribe !== undefined) this.isConnected = true;
    const [labels = [], times = [], values = []] =
      (push?.pub?.data ?? subscribe?.data)?.data?.values ?? [];
    times.forEach((time, i) => {
      const row = this.rows.get(Number(time)) ?? new Map<string, unknown>();
      this.rows.set(Number(time), row.set(keyOf(String(labels[i])), values[i]));
    });
  }
}

/** Of labels without special characters, as Grafana writes them: `a=b, c=d`. */
function keyOf(text: string): string {
  const pairs = text === '' ? [] : text.split(', ').map((pair) => pair.split('='));
  return labelsKey(Object.fromEntries(pairs) as Record<string, string>);
}
