import { expect, test } from 'vitest';
import { success } from '../../src/promql/api/envelope.js';

test('tells ten warnings and how many more there are', () => {
  const warnings = Array.from({ length: 12 }, (_, i) => `w${i}`);
  const infos = warnings.slice(0, 10);
  expect(JSON.parse(success('1', { warnings, infos }))).toEqual({
    status: 'success',
    data: 1,
    warnings: [...infos, '2 more warning annotations omitted'],
    infos,
  });
});
