import type { AddressInfo, Server as NetServer } from 'node:net';
import { afterEach } from 'vitest';
import type { Labels } from '../../../src/series/labels.js';
import {
  type HttpInstrumentation,
  type HttpInstrumentationOptions,
  instrumentHttp,
} from '../../../src/sources/http/instrument.js';
import { RecordingWriter, tick } from '../registry/recording-writer.js';

const cleanUps: (() => unknown)[] = [];

/** Runs after the test, in reverse order. */
export function cleanUp(run: () => unknown): void {
  cleanUps.push(run);
}

afterEach(async () => {
  for (const run of cleanUps.splice(0).reverse()) await run();
});

/** An instrumentation, and what it has counted. */
export interface Measured {
  readonly instrumentation: HttpInstrumentation;
  readonly writer: RecordingWriter;
  /** Sum of a metric's samples with these labels, as of now. */
  readonly read: (name: string, labels?: Labels) => Promise<number>;
  /** Waits until a metric has this sum, and fails with what it had otherwise. */
  readonly until: (name: string, labels: Labels, expected: number) => Promise<void>;
  /** `_count` of the request durations with these labels. */
  readonly requests: (labels?: Labels) => Promise<number>;
}

export function measure(options: HttpInstrumentationOptions = {}): Measured {
  const instrumentation = instrumentHttp(options);
  cleanUp(() => instrumentation.close());
  const writer = new RecordingWriter();
  const read = async (name: string, labels: Labels = {}): Promise<number> => {
    await tick(instrumentation.source, writer);
    return writer.sum(name, labels) ?? 0;
  };
  const until = async (name: string, labels: Labels, expected: number): Promise<void> => {
    let value = await read(name, labels);
    for (let attempt = 0; attempt < 500 && value !== expected; attempt++) {
      await pause(10);
      value = await read(name, labels);
    }
    if (value !== expected) {
      throw new Error(`${name} ${JSON.stringify(labels)} is ${value}, not ${expected}`);
    }
  };
  const requests = (labels?: Labels): Promise<number> =>
    read('http_server_request_duration_seconds_count', labels);
  return { instrumentation, writer, read, until, requests };
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Listens on a free port of the loopback and closes after the test. */
export async function listen(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => {
    (server as { closeAllConnections?: () => void }).closeAllConnections?.();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
