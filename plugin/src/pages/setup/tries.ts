import { FieldType, LiveChannelScope, type DataFrame } from '@grafana/data';
import { config, getGrafanaLiveSrv } from '@grafana/runtime';
import { Subscription } from 'rxjs';
import { fieldsOf } from '../../shared/json.js';
import type { PushedChannel } from '../answers.js';

/** What the exporter says first over a WebSocket. */
export interface Greeting {
  /** Of its present run. */
  readonly epoch: string;
  /** Milliseconds between values. */
  readonly tick: number;
}

/** Milliseconds. */
const PATIENCE = 5000;

/**
 * Opens a live stream below a datasource's URL and waits for its greeting.
 * @returns the greeting, or why there is none
 */
export function tryWebSocket(datasourceUrl: string): Promise<Greeting | string> {
  const url = new URL(`${config.appSubUrl}${datasourceUrl}/api/live`, document.baseURI);
  url.protocol = url.protocol.replace('http', 'ws');
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const end = (result: Greeting | string): void => {
      clearTimeout(timer);
      resolve(result);
      socket.close();
    };
    const timer = setTimeout(() => end(`no greeting came within ${PATIENCE / 1000} s`), PATIENCE);
    socket.onmessage = ({ data }) => end(greetingOf(data) ?? 'what came is no greeting');
    socket.onclose = ({ code }) => end(`it was closed with ${code}`);
  });
}

function greetingOf(data: unknown): Greeting | undefined {
  let message: unknown;
  try {
    message = JSON.parse(String(data));
  } catch {
    return undefined;
  }
  const { type, epoch, tick } = fieldsOf(Array.isArray(message) ? message[0] : message);
  const fits = type === 'hello' && typeof epoch === 'string' && typeof tick === 'number';
  return fits ? { epoch, tick } : undefined;
}

/**
 * Waits for something new in any of some channels of Grafana Live: an expression may be one of nothing.
 * @returns the channel in which something came
 */
export function tryChannels(channels: readonly PushedChannel[]): Promise<string | undefined> {
  const patience = PATIENCE + Math.min(...channels.map(({ interval }) => interval));
  const subscriptions = new Subscription();
  return new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), patience);
    subscriptions.add(() => clearTimeout(timer));
    for (const { stream, name } of channels) {
      const addr = { scope: LiveChannelScope.Stream, stream, path: name };
      let first: number | undefined;
      const frames = getGrafanaLiveSrv().getDataStream({ addr, buffer: { maxLength: 10 } });
      const subscription = frames.subscribe({
        // Others may come.
        error: () => undefined,
        next: ({ data }) => {
          const newest = newestOf(data as DataFrame[]);
          // What Grafana has at first may be of yesterday.
          if (first !== undefined && newest > first) resolve(name);
          if (newest > 0) first ??= newest;
        },
      });
      subscriptions.add(subscription);
    }
  }).finally(() => subscriptions.unsubscribe());
}

function newestOf(frames: readonly DataFrame[]): number {
  const times = frames.flatMap(({ fields }) =>
    fields.filter(({ type }) => type === FieldType.time),
  );
  return Math.max(0, ...times.map(({ values }) => Number(values[values.length - 1] ?? 0)));
}
