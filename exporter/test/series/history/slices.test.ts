import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortInSlices } from '../../../src/series/history/slices.js';

test('items are sorted whatever their order and number, equal ones as they stood', async () => {
  const lengths = fc.constantFrom(0, 1, 2047, 2048, 2049, 9000);
  await fc.assert(
    fc.asyncProperty(lengths, fc.integer({ min: 1, max: 5000 }), async (length, range) => {
      const items = Array.from({ length }, (_, i) => ({ value: (i * 7919) % range, i }));
      const sorted = await sortInSlices(items, (a, b) => a.value < b.value);
      expect(sorted).toEqual([...items].sort((a, b) => a.value - b.value || a.i - b.i));
    }),
    { numRuns: 12 },
  );
});
