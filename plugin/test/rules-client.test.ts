import { expect, test } from 'vitest';
import type { Send } from '../src/datasource/answer.js';
import { RulesClient } from '../src/datasource/rules/rules-client.js';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** A client whose exporter gives one answer to everything, and what it was asked. */
function client(answer: { status: number; body?: unknown }) {
  const asked: Asked[] = [];
  const send: Send = (method, path, body) => {
    asked.push({ method, path, body });
    return Promise.resolve({ body: undefined, ...answer });
  };
  const expressions: string[] = [];
  const rules = new RulesClient({
    send,
    prometheus: {
      range: ({ expr, start, end, step }) => {
        expressions.push(`${expr} ${start}-${end}/${step}`);
        return Promise.resolve([{ labels: { id: 'x' }, samples: [[start, 3]] }]);
      },
      validate: () => Promise.resolve(undefined),
      labels: () => Promise.resolve([]),
      labelValues: () => Promise.resolve([]),
    },
    unitOf: (expr) => Promise.resolve(expr === 'a' ? 's' : undefined),
    caller: () => Promise.reject(new Error('nobody asked')),
  });
  return { rules, asked, expressions };
}

const rule = { alert: 'A', expr: 'a > 1' };

test('makes, changes and deletes rules', async () => {
  const { rules, asked } = client({ status: 200, body: { id: 'x/1', promql: '' } });
  await rules.save({ rule });
  await rules.save({ rule }, 'x/1');
  await rules.delete('x/1');
  expect(asked).toEqual([
    { method: 'POST', path: '/api/rules', body: { rule } },
    { method: 'PUT', path: '/api/rules/x%2F1', body: { rule } },
    { method: 'DELETE', path: '/api/rules/x%2F1', body: undefined },
  ]);
});

test('takes an answer without a body', async () => {
  const { rules } = client({ status: 204 });
  await expect(rules.delete('x')).resolves.toBeUndefined();
});

test('says why something was not done, in the words of the exporter', async () => {
  const { rules } = client({ status: 403, body: { status: 'error', error: 'vera may look only' } });
  await expect(rules.save({ rule })).rejects.toThrow('vera may look only');
});

test('tests long ranges in longer steps', async () => {
  const { rules, asked } = client({ status: 200, body: {} });
  await rules.test({ rule }, { start: 0, end: 900_000 });
  await rules.test({ rule }, { start: 0, end: 86_400_000, id: 'x' });
  expect(asked.map(({ body }) => body)).toEqual([
    { rule, start: 0, end: 900, step: 1 },
    { rule, start: 0, end: 86_400, step: 24, id: 'x' },
  ]);
});

test('draws what is compared, with its unit and what it is compared with', async () => {
  const { rules, expressions } = client({ status: 200 });
  const range = { start: 0, end: 900_000 };
  const curves = await rules.compared('a > 1 and b < c', range);
  expect(expressions).toEqual(['a 0-900000/2000', 'b 0-900000/2000']);
  const common = { labels: { id: 'x' }, times: [0], values: [3] };
  expect(curves).toEqual([
    { ...common, unit: 's', threshold: 1 },
    { ...common, unit: undefined, threshold: undefined },
  ]);
  await rules.compared('absent(a)', range);
  expect(expressions.at(-1)).toContain('absent(a)');
  expect(await rules.values('a > 1', range)).toEqual([
    { ...common, unit: undefined, threshold: undefined },
  ]);
});
