import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Runs } from '../../../src/series/history/runs.js';

test('runs of each series come back in order, whatever their lengths', () => {
  const length = fc.oneof(fc.nat(50), fc.constantFrom(4096, 4097, 2 ** 20 + 1));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), length), { maxLength: 60 }), (added) => {
      const runs = new Runs();
      const expected = new Map<number, Buffer[]>();
      added.forEach(([ref, size], i) => {
        const run = Buffer.alloc(size, i + 1);
        expect(runs.add(ref, run)).toBe(!expected.has(ref));
        expected.set(ref, [...(expected.get(ref) ?? []), run]);
      });
      expect([...runs.refs]).toEqual([...expected.keys()]);
      for (const [ref, list] of expected) {
        expect(Buffer.concat(list).equals(runs.read(ref) ?? Buffer.alloc(0))).toBe(true);
      }
      expect(runs.read(99)).toBeUndefined();
    }),
    { numRuns: 30 },
  );
});
