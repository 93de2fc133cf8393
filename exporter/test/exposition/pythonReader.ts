import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import type { ExpositionFormat } from '../../src/exposition/negotiate.js';
import type { ReadSample } from './expected.js';

/** Reads pages (a JSON array) and prints their samples, or what is wrong with a page. */
const READER = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as text
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
parse = {'text': text, 'openmetrics': openmetrics}[sys.argv[1]]
results = []
for page in json.load(sys.stdin):
    try:
        results.append({'families': [{
            'name': family.name, 'type': family.type, 'help': family.documentation,
            'unit': family.unit,
            'samples': [{
                'name': sample.name, 'labels': sample.labels, 'value': repr(float(sample.value)),
                'exemplar': sample.exemplar and {
                    'labels': sample.exemplar.labels, 'value': sample.exemplar.value,
                    'time': sample.exemplar.timestamp and float(sample.exemplar.timestamp)},
            } for sample in family.samples],
        } for family in parse(page)]})
    except Exception as error:
        results.append({'error': repr(error)})
json.dump(results, sys.stdout)
`;

interface PythonFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  readonly samples: readonly (Omit<ReadSample, 'value'> & {
    readonly value: string;
    readonly exemplar: { labels: Record<string, string>; value: number; time?: number } | null;
  })[];
}

export type PythonResult =
  { readonly families: readonly PythonFamily[] } | { readonly error: string };

/** Reads pages with Debian's prometheus_client, all in one process. */
export function readWithPython(pages: readonly string[], format: ExpositionFormat): PythonResult[] {
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', READER, format], {
    input: JSON.stringify(pages),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as PythonResult[];
}

export function samplesOf(result: PythonResult): ReadSample[] {
  if ('error' in result) return [];
  return result.families.flatMap(({ samples }) =>
    samples.map(({ value, ...rest }) => {
      const number = { inf: Infinity, '-inf': -Infinity, nan: NaN }[value] ?? Number(value);
      return { ...rest, value: number };
    }),
  );
}
