import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KymoError } from '../../src/lib/errors.js';
import { evaluateInstant, evaluateRange, type Evaluation } from '../../src/promql/engine.js';
import { prepare } from '../../src/promql/prepared.js';
import { LabelSet } from '../../src/series/labels.js';
import { columns, plain, readerOf, type Plain } from './evaluate.js';
import { randomSeries, scalarText, vectorText } from './expressions.js';

/** The result, or the message of the error that the data are to blame for. */
function attempt(evaluate: () => Evaluation): Evaluation | string {
  try {
    return evaluate();
  } catch (thrown) {
    if (thrown instanceof KymoError && thrown.code === 'execution') return thrown.message;
    throw thrown;
  }
}

function plainOf(outcome: Evaluation | string): Plain | string {
  return typeof outcome === 'string' ? outcome : plain(outcome.result);
}

const TIMES = [860_000, 900_000, 1_003_000, 1_090_500, 1_250_000];

describe('random expressions over random series', () => {
  test('give at each step of a range what they give at that instant', () => {
    fc.assert(
      fc.property(randomSeries, fc.oneof(vectorText, scalarText), (series, text) => {
        // Of equal values the first in order is taken; the order of these is another at an instant.
        fc.pre(!/(?:topk|bottomk|limitk)\(.*(?:topk|bottomk|count_values)\(/.test(text));
        const reader = readerOf(series);
        const start = 880_000;
        const step = 37_000;
        const steps = 9;
        const end = start + (steps - 1) * step;
        const over = attempt(() => evaluateRange(text, reader, { start, end, step }));
        const instants = Array.from({ length: steps }, (_, i) =>
          plainOf(attempt(() => evaluateInstant(text, reader, { time: start + i * step }))),
        );
        if (typeof over === 'string') {
          // Two series that become one fail a range function even where their samples do not meet.
          const collision = over === 'vector cannot contain metrics with the same labelset';
          // A subquery is evaluated once over the whole range, also between the steps' windows.
          const between = /\[\w+:/.test(text);
          expect(collision || between || instants.includes(over)).toBe(true);
          return;
        }
        const expected: Record<string, [number, number | string][]> = {};
        instants.forEach((samples, i) => {
          expect(samples).not.toBeTypeOf('string');
          for (const [labels, value] of Object.entries(samples)) {
            const name = labels === '' ? '{}' : labels;
            (expected[name] ??= []).push([start + i * step, value]);
          }
        });
        expect(columns(over.result)).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  test('give the same when prepared and evaluated again and again', () => {
    fc.assert(
      fc.property(
        randomSeries,
        randomSeries,
        fc.oneof(vectorText, scalarText),
        (series, more, text) => {
          const reader = readerOf(series);
          const prepared = prepare(text, reader);
          const check = (): void => {
            for (const time of TIMES) {
              const fresh = plainOf(attempt(() => evaluateInstant(text, reader, { time })));
              expect(plainOf(attempt(() => prepared.evaluate(time)))).toEqual(fresh);
            }
          };
          check();
          // Other series come, so that what is kept of selectors no longer holds.
          for (const { labels, samples } of more) {
            if (samples.length === 0) continue;
            const renamed = LabelSet.from({ ...labels, instance: `${labels.instance}-new` });
            reader.add(
              renamed,
              samples.map(([time, value]) => [time, value ?? 'stale']),
            );
          }
          check();
        },
      ),
      { numRuns: 400 },
    );
  });

  test('give the same with names dropped late, where that does not avoid an error', () => {
    fc.assert(
      fc.property(randomSeries, vectorText, (series, text) => {
        // Grouping or matching by the name is what the option changes.
        fc.pre(!/count_values|label_replace|(?:and|or|unless|topk|bottomk|limitk)\b/.test(text));
        const reader = readerOf(series);
        for (const time of TIMES) {
          const early = plainOf(attempt(() => evaluateInstant(text, reader, { time })));
          const late = attempt(() =>
            evaluateInstant(text, reader, { time, delayedNameRemoval: true }),
          );
          if (typeof early !== 'string' && typeof late !== 'string' && !/[<>=]=?/.test(text)) {
            expect(plainOf(late)).toEqual(early);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
