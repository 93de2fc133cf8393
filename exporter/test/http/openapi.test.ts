import { readFileSync } from 'node:fs';
import { bodySchemas } from '@kymo/contract';
import { describe, expect, test } from 'vitest';
import { openApiDocument, openApiPath } from '../../src/http/openapi.js';
import { bodies, queryParameters } from '../../src/http/openapi-parameters.js';
import { routeTable } from '../../src/http/route-table.js';
import { apiOver, asking, dataOf, headOf } from './past.js';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const document = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Paths;
};
const paths = routeTable.map(({ path }) => path);

describe('docs/openapi.json', () => {
  test('is what `npm run docs` makes', () => {
    expect(openApiDocument(document.info.version)).toEqual(document);
    expect(document.openapi).toBe('3.1.0');
  });

  // That the table has every route there is, and no other, is tested with the routes.
  test('has every route with every method, and no other', () => {
    const written = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const table = routeTable.flatMap(({ path, methods }) =>
      methods.map((method) => `${method} ${openApiPath(path)}`),
    );
    expect(written.sort()).toEqual(table.sort());
  });

  test('knows parameters and bodies of routes that there are', () => {
    for (const path of [...Object.keys(queryParameters), ...Object.keys(bodies)]) {
      expect(paths).toContain(path);
    }
  });

  test('declares what stands in paths, names each operation once, and refers to what is there', () => {
    const ids = new Set<string>();
    for (const [path, operations] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { operationId, parameters = [] } of Object.values(operations)) {
        expect(ids).not.toContain(operationId);
        ids.add(operationId);
        const named = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
        expect([path, named]).toEqual([path, inPath]);
      }
    }
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]*)"/g)) {
      const found = ref
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document);
      expect([ref, typeof found]).toEqual([ref, 'object']);
    }
  });
});

describe('answers of the analysis API', () => {
  const END = 1_700_000_000;
  const head = headOf(END, 700, (source, second) => {
    const family = source.family({ name: 'node_load1', type: 'gauge', help: 'A test.' });
    source.set(source.series(family, {}), Math.sin(second) + (second > 650 ? 60 : 0));
    const other = source.family({ name: 'other', type: 'gauge', help: 'A test.' });
    source.set(source.series(other, {}), 2 * Math.sin(second) + (second > 648 ? 99 : 0));
  });
  const described = Object.entries(bodies).flatMap(([path, { data }]) =>
    data === undefined ? [] : [[path.replace('/api/metrics/', ''), data] as const],
  );

  test.each(described)('%s is as %s has it', async (name, schema) => {
    const get = await asking(apiOver(head));
    const more: Record<string, string> = name === 'forecast' ? { until: '99' } : {};
    const range = { start: `${END - 300}`, end: `${END}`, step: '1', ...more };
    const data = await dataOf(get(name, { expr: 'node_load1', ...range }));
    const parsed = bodySchemas[schema].parse(data);
    // What the schema does not know is taken out of what is parsed.
    expect(parsed).toEqual(data);
  });

  test('are all described, but for files', () => {
    const known = described.map(([name]) => name);
    const operations = Object.keys(apiOver(head).operations);
    expect([...known, 'export'].sort()).toEqual(operations.sort());
  });
});
