import type { ScopedVars } from '@grafana/data';
import { of } from 'rxjs';

/**
 * The little of `@grafana/runtime` that a datasource and its links need. Use it by
 * `vi.mock('@grafana/runtime', () => import('./grafana-runtime.js'))`.
 */

type Format = (value: unknown, variable: object) => string;

/** Variables of the dashboard, by name. */
export const variables = new Map<string, { readonly value: unknown; readonly multi?: boolean }>();

const text = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

export const getTemplateSrv = () => ({
  replace: (template = '', scoped: ScopedVars = {}, format?: Format): string =>
    template.replace(/\$\{(\w+)\}|\$(\w+)/g, (whole, braced?: string, plain?: string) => {
      const name = braced ?? plain ?? '';
      const value: unknown = scoped[name]?.value ?? variables.get(name)?.value;
      if (value === undefined) return whole;
      return format?.(value, variables.get(name) ?? {}) ?? text(value);
    }),
});

/** Addresses that were asked, and what each is answered with. */
export const asked: string[] = [];

export const getBackendSrv = () => ({
  fetch: ({ url }: { readonly url: string }) => {
    asked.push(url);
    const metadata = url.includes('/metadata');
    const data = metadata ? {} : { resultType: 'matrix', result: [] };
    return of({ status: 200, data: { status: 'success', data } });
  },
});
export const isFetchError = (): boolean => false;

export const config = {
  appSubUrl: '',
  bootData: { user: { name: 'a', permissions: {} as Record<string, boolean> } },
};
export const getGrafanaLiveSrv = (): undefined => undefined;
