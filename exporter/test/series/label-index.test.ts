import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LabelIndex } from '../../src/series/label-index.js';
import { LabelSet } from '../../src/series/labels.js';
import { Matcher, type MatchOperator } from '../../src/series/matcher.js';

function indexOf(...sets: Record<string, string>[]): LabelIndex {
  const index = new LabelIndex();
  sets.forEach((labels, id) => index.add(id, LabelSet.from(labels)));
  return index;
}

const select = (index: LabelIndex, ...matchers: [string, MatchOperator, string][]) =>
  index.select(matchers.map(([name, operator, value]) => new Matcher(name, operator, value)));

describe('a selector', () => {
  const index = indexOf({ a: 'x' }, { a: 'y' }, { b: '1' }, { a: 'x', b: '1' });

  test.each<[string, [string, MatchOperator, string][], number[]]>([
    ['of nothing takes all', [], [0, 1, 2, 3]],
    ['equal', [['a', '=', 'x']], [0, 3]],
    ['equal to an unknown value', [['a', '=', 'z']], []],
    ['of an unknown label', [['z', '=', 'x']], []],
    ['equal to nothing takes series without the label', [['a', '=', '']], [2]],
    ['unequal takes series without the label', [['a', '!=', 'x']], [1, 2]],
    ['unequal to nothing takes series with the label', [['a', '!=', '']], [0, 1, 3]],
    ['of alternatives', [['a', '=~', 'x|y|z']], [0, 1, 3]],
    ['of alternatives, one empty', [['a', '=~', 'x|']], [0, 2, 3]],
    ['of a pattern, anchored', [['a', '=~', '.']], [0, 1, 3]],
    ['of a pattern that takes nothing', [['a', '=~', 'x.']], []],
    ['of a pattern that takes the empty text', [['a', '=~', 'x?']], [0, 2, 3]],
    ['not of a pattern takes series without the label', [['a', '!~', 'x.*']], [1, 2]],
    ['not of all', [['a', '!~', '.+']], [2]],
    [
      'of several',
      [
        ['a', '=', 'x'],
        ['b', '!=', ''],
      ],
      [3],
    ],
    [
      'of several for one label',
      [
        ['a', '=~', 'x|y'],
        ['a', '!=', 'y'],
      ],
      [0, 3],
    ],
  ])('%s', (_, matchers, expected) => {
    expect(select(index, ...matchers)).toEqual(expected);
  });
});

test('the lists that it hands out are not its own', () => {
  const index = indexOf({ a: 'x' }, { a: 'x' });
  select(index, ['a', '=', 'x']).length = 0;
  select(index).length = 0;
  expect(select(index, ['a', '=', 'x'])).toEqual([0, 1]);
  expect(select(index)).toEqual([0, 1]);
});

test('its version changes with every series that is added or removed, and with nothing else', () => {
  const index = indexOf({ a: 'x' });
  const versions = [index.version];
  const next = (change: () => void): void => {
    change();
    versions.push(index.version);
  };
  next(() => index.add(5, LabelSet.from({ a: 'y' })));
  next(() => index.remove(5));
  next(() => index.add(5, LabelSet.from({ a: 'y' })));
  expect(new Set(versions).size).toBe(4);
  next(() => index.remove(77));
  next(() => select(index, ['a', '=', 'x']));
  expect(new Set(versions).size).toBe(4);
});

test('forgets names and values with the last series that has them', () => {
  const index = indexOf({ a: 'x', b: '1' }, { a: 'y' });
  index.remove(0);
  expect(index.names()).toEqual(['a']);
  expect(index.values('a')).toEqual(['y']);
});

test('merges the lists of several values whether they hold many of all ids or few', () => {
  const index = new LabelIndex();
  const ids = [5, 100_000, 40_000, 7, 99_999, 6];
  ids.forEach((id, i) => index.add(id, LabelSet.from({ a: `x${i % 3}`, b: 'y' })));
  index.add(200_000, LabelSet.from({ a: 'z' }));
  const sorted = [5, 6, 7, 40_000, 99_999, 100_000];
  expect(select(index, ['a', '=~', 'x.*'])).toEqual(sorted);
  for (let id = 0; id < 5000; id++) index.add(1000 + id, LabelSet.from({ a: `x${id % 3}` }));
  expect(select(index, ['a', '=~', 'x.*'])).toHaveLength(5006);
  expect(select(index, ['a', '=~', 'x.*'], ['b', '=', 'y'])).toEqual(sorted);
});

test('selects once what was added and removed many times', () => {
  const index = indexOf({ a: 'x' });
  for (let id = 1; id < 20_000; id++) {
    index.add((id % 7) + 1, LabelSet.from({ a: 'x' }));
    index.remove((id % 7) + 1);
  }
  index.add(3, LabelSet.from({ a: 'x' }));
  expect(select(index, ['a', '=', 'x'])).toEqual([0, 3]);
});

// Every answer must be what looking at each series one by one gives, whatever was added and removed.
const labelName = fc.constantFrom('a', 'b', 'c');
const labelValue = fc.constantFrom('', 'x', 'y', 'z', 'xy');
const labels = fc.dictionary(labelName, labelValue, { maxKeys: 3 });
const change = fc.oneof(
  fc.record({ add: fc.integer({ min: 0, max: 40 }), labels }),
  fc.record({ remove: fc.integer({ min: 0, max: 40 }) }),
);
const matcher = fc
  .tuple(
    labelName,
    fc.constantFrom<MatchOperator>('=', '!=', '=~', '!~'),
    fc.constantFrom('', 'x', 'y', 'x|y', 'x|', '.+', '.*', 'x.*', '[yz]'),
  )
  .map(([name, operator, value]) => new Matcher(name, operator, value));

test('answers what looking at every series would', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(change, { maxLength: 30 }), fc.array(matcher, { maxLength: 3 }))),
      (rounds) => {
        const index = new LabelIndex();
        const series = new Map<number, LabelSet>();
        for (const [changes, matchers] of rounds) {
          for (const one of changes) {
            if ('remove' in one) {
              index.remove(one.remove);
              series.delete(one.remove);
            } else if (!series.has(one.add)) {
              const set = LabelSet.from(one.labels);
              index.add(one.add, set);
              series.set(one.add, set);
            }
          }
          const expected = [...series]
            .filter(([, set]) => matchers.every((each) => each.matches(set.get(each.name))))
            .map(([id]) => id)
            .sort((a, b) => a - b);
          expect(index.select(matchers)).toEqual(expected);
          const valuesOfA = new Set(expected.map((id) => series.get(id)?.get('a')));
          valuesOfA.delete('');
          expect(index.values('a', matchers)).toEqual([...valuesOfA].sort());
          const names = new Set(expected.flatMap((id) => series.get(id)?.names ?? []));
          expect(index.names(matchers)).toEqual([...names].sort());
          expect(index.size).toBe(series.size);
        }
      },
    ),
  );
});
