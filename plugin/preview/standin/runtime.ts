import type { ScopedVars } from '@grafana/data';
import { from, NEVER, type Observable } from 'rxjs';

/**
 * What the plugin uses of `@grafana/runtime`, without a running Grafana: requests go to the exporter
 * itself, and the one datasource of the page is the only one.
 */

type Parameters = Readonly<Record<string, string | undefined>>;

interface FetchOptions {
  readonly url: string;
  readonly method?: string;
  readonly data?: unknown;
  readonly params?: Parameters;
  readonly headers?: Readonly<Record<string, string>>;
  readonly abortSignal?: AbortSignal;
}

interface FetchAnswer<T> {
  readonly status: number;
  readonly ok: boolean;
  readonly data: T;
}

/** As Grafana's: a status that is no success, with the answer. */
class FetchError<T = unknown> extends Error {
  readonly status: number;
  readonly data: T;

  constructor(status: number, data: T) {
    super(`status ${status}`);
    this.status = status;
    this.data = data;
  }
}

export function isFetchError(thrown: unknown): thrown is FetchError {
  return thrown instanceof FetchError;
}

async function send<T>(options: FetchOptions): Promise<FetchAnswer<T>> {
  const { url, method = 'GET', data, params, headers, abortSignal } = options;
  const query = new URLSearchParams(
    Object.entries(params ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  ).toString();
  const isText = typeof data === 'string';
  const answer = await fetch(query === '' ? url : `${url}?${query}`, {
    method,
    signal: abortSignal,
    headers: {
      ...(data !== undefined && !isText && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(data !== undefined && { body: isText ? data : JSON.stringify(data) }),
  });
  const text = await answer.text();
  const body = parse(text) as T;
  if (!answer.ok) throw new FetchError(answer.status, body);
  return { status: answer.status, ok: true, data: body };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const backend = {
  fetch: <T>(options: FetchOptions): Observable<FetchAnswer<T>> => from(send<T>(options)),
  get: async <T>(url: string, params?: Parameters): Promise<T> =>
    (await send<T>({ url, params })).data,
  post: async <T>(url: string, data?: unknown): Promise<T> =>
    (await send<T>({ url, method: 'POST', data: data ?? {} })).data,
  put: async <T>(url: string, data?: unknown): Promise<T> =>
    (await send<T>({ url, method: 'PUT', data: data ?? {} })).data,
  delete: async <T>(url: string, data?: unknown): Promise<T> =>
    (await send<T>({ url, method: 'DELETE', data })).data,
};
export const getBackendSrv = (): typeof backend => backend;

/** The values of variables, by name, `''` for all; {@link setVariable} sets them. */
const variables = new Map<string, string>();

export function setVariable(name: string, value: string): void {
  variables.set(name, value);
}

let change: (name: string, value: string) => void = () => undefined;

/** Calls `listener` when a panel wants a variable to have another value. */
export function onVariable(listener: typeof change): void {
  change = listener;
}

type Format = (value: unknown, variable: object) => string;

const templates = {
  replace(text = '', scoped: ScopedVars = {}, format?: string | Format): string {
    return text.replace(
      /\$\{(\w+)(?::\w+)?\}|\$(\w+)/g,
      (whole, braced?: string, plain?: string) => {
        const name = braced ?? plain ?? '';
        const value: unknown = scoped[name]?.value ?? variables.get(name);
        if (value === undefined) return whole;
        if (typeof format === 'function') return format(value, {});
        return typeof value === 'string' ? value : JSON.stringify(value);
      },
    );
  },
  getVariables: () => [...variables.keys()].map((name) => ({ name, type: 'textbox' })),
  containsTemplate: (text = '') => text.includes('$'),
};
export const getTemplateSrv = (): typeof templates => templates;

let only: unknown;

/** Names the datasource of the page. */
export function setDataSource(datasource: unknown): void {
  only = datasource;
}

const datasources = {
  get: (): Promise<unknown> => Promise.resolve(only),
  getInstanceSettings: () => undefined,
  getList: () => [],
};
export const getDataSourceSrv = (): typeof datasources => datasources;

export const locationService = {
  partial: (wanted: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(wanted)) {
      if (name.startsWith('var-')) change(name.slice('var-'.length), value);
    }
  },
  push: (path: string): void => window.location.assign(path),
  getSearchObject: () => ({}),
};

export const config = {
  appSubUrl: '',
  bootData: { user: { name: 'this machine', login: '', orgRole: 'Editor', isSignedIn: true } },
  featureToggles: {},
  liveEnabled: false,
};

/** There is no Grafana whose Live service could bring anything. */
export const getGrafanaLiveSrv = () => ({
  getConnectionState: () => NEVER,
  getDataStream: () => NEVER,
});
