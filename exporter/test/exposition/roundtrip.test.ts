import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { families, toSeries } from './arbitrarySeries.js';
import { compareWithSet, seriesKey } from './expected.js';
import { render } from './page.js';
import { parsePage } from './parsePage.js';

describe.each(['text', 'openmetrics'] as const)('a page of %s', (format) => {
  test('reads back as the samples that were set', () => {
    fc.assert(
      fc.property(families, (set) => {
        const read = parsePage(render(toSeries(set), format)).flatMap(({ samples }) => samples);
        expect(compareWithSet(read, set, format)).toEqual({ missing: [], extra: [] });
        const series = read.map(seriesKey);
        expect(series).toHaveLength(new Set(series).size);
      }),
      { numRuns: 1000 },
    );
  });

  test('has families in order, each once, with the help that was set', () => {
    fc.assert(
      fc.property(families, (set) => {
        const parsed = parsePage(render(toSeries(set), format));
        const names = parsed.map(({ name }) => name);
        expect(names).toEqual(Array.from(new Set(names)).sort());
        for (const { name, help, samples } of parsed) {
          expect(samples.length).toBeGreaterThan(0);
          const helps = set
            .filter(
              ({ metadata }) => metadata.name.startsWith(name) || name.startsWith(metadata.name),
            )
            .map(({ metadata }) => metadata.help);
          expect(helps).toContain(help);
        }
      }),
      { numRuns: 300 },
    );
  });
});
