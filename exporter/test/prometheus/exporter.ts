import { createKymo, type Kymo, type KymoOptions } from '../../src/kymo.js';

export interface RunningExporter {
  readonly url: string;
  readonly kymo: Kymo;
  /** Asks `path` and reads JSON. */
  get(path: string): Promise<Reply>;
  /** Asks an operation under /api/v1 with parameters. */
  ask(operation: string, parameters: Record<string, string | string[]>): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly body: {
    readonly status?: string;
    readonly data?: unknown;
    readonly errorType?: string;
    readonly error?: string;
    readonly warnings?: readonly string[];
  };
}

/** An exporter that collects nothing of this host, so that a test knows all of its series. */
export async function startExporter(options: KymoOptions = {}): Promise<RunningExporter> {
  const kymo = createKymo({
    listen: { port: 0 },
    labels: { instance: 'test', job: 'kymo' },
    instrument: false,
    ...options,
    sources: { enabled: onlySelf, ...options.sources },
  });
  const { url } = await kymo.start();
  const get = async (path: string): Promise<Reply> => {
    const response = await fetch(url + path);
    return { status: response.status, body: (await response.json()) as Reply['body'] };
  };
  return {
    url,
    kymo,
    get,
    ask: (operation, parameters) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(parameters)) {
        for (const one of [value].flat()) query.append(name, one);
      }
      return get(`/api/v1/${operation}?${query.toString()}`);
    },
  };
}

const onlySelf = new Proxy<Record<string, boolean>>(
  {},
  { get: (_target, name) => name === 'kymo' || name === 'registry' },
);
