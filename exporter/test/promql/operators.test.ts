import { describe, expect, test } from 'vitest';
import { instant, range } from './evaluate.js';
import { MemoryReader, series } from './memory-reader.js';

function reader(): MemoryReader {
  return new MemoryReader()
    .add(series('a', { i: '1', j: 'x' }), [[0, 10]])
    .add(series('a', { i: '2', j: 'x' }), [[0, 20]])
    .add(series('a', { i: '3', j: 'y' }), [[0, 30]])
    .add(series('b', { i: '1', j: 'x' }), [[0, 2]])
    .add(series('b', { i: '2', j: 'x' }), [[0, 0]])
    .add(series('b', { i: '4', j: 'y' }), [[0, 4]])
    .add(series('job', { j: 'x', team: 'red' }), [[0, 1]])
    .add(series('job', { j: 'y', team: 'blue' }), [[0, 1]]);
}

function evaluate(query: string): Record<string, number | string> {
  return instant(query, reader(), 0);
}

describe('arithmetic', () => {
  test.each([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['2 ^ 10', 1024],
    ['-7 % 3', -1],
    ['7 % -3', 1],
    ['1 / 0', Infinity],
    ['-1 / 0', -Infinity],
    ['0 / 0', NaN],
    ['1 ^ NaN', 1],
    ['NaN ^ 0', 1],
    ['-1 ^ Inf', -1],
    ['(-1) ^ Inf', 1],
    ['1 atan2 1', Math.PI / 4],
    ['1 == bool 1', 1],
    ['1 > bool 1', 0],
    ['NaN == bool NaN', 0],
  ])('%s is %s', (query, value) => {
    expect(evaluate(query)).toEqual({ '': value });
  });

  test('between vector and scalar drops the name', () => {
    expect(evaluate('a{i="1"} * 2')).toEqual({ '{i="1", j="x"}': 20 });
    expect(evaluate('2 - a{i="1"}')).toEqual({ '{i="1", j="x"}': -8 });
    expect(evaluate('-a{i="1"}')).toEqual({ '{i="1", j="x"}': -10 });
  });

  test('matches vectors by all labels but the name', () => {
    expect(evaluate('a / b')).toEqual({ '{i="1", j="x"}': 5, '{i="2", j="x"}': Infinity });
  });
});

describe('comparison', () => {
  test('filters and keeps the name; the value is the vector’s, whatever the side', () => {
    expect(evaluate('a > 15')).toEqual({ 'a{i="2", j="x"}': 20, 'a{i="3", j="y"}': 30 });
    expect(evaluate('15 < a')).toEqual({ 'a{i="2", j="x"}': 20, 'a{i="3", j="y"}': 30 });
    expect(evaluate('a > b')).toEqual({ 'a{i="1", j="x"}': 10, 'a{i="2", j="x"}': 20 });
  });

  test('with bool answers 0 or 1 and drops the name', () => {
    expect(evaluate('a > bool 15')).toEqual({
      '{i="1", j="x"}': 0,
      '{i="2", j="x"}': 1,
      '{i="3", j="y"}': 1,
    });
    expect(evaluate('a == bool on (i) b')).toEqual({ '{i="1"}': 0, '{i="2"}': 0 });
  });
});

describe('vector matching', () => {
  test('on and ignoring say which labels count, and which remain', () => {
    expect(evaluate('a - on (i) b')).toEqual({ '{i="1"}': 8, '{i="2"}': 20 });
    expect(evaluate('a{i="3"} - ignoring (i) b{i="4"}')).toEqual({ '{j="y"}': 26 });
  });

  test('group_left takes labels from the side of the one', () => {
    expect(evaluate('a * on (j) group_left (team) job')).toEqual({
      '{i="1", j="x", team="red"}': 10,
      '{i="2", j="x", team="red"}': 20,
      '{i="3", j="y", team="blue"}': 30,
    });
    expect(evaluate('job * on (j) group_right (team) a{i="1"}')).toEqual({
      '{i="1", j="x", team="red"}': 10,
    });
  });

  test.each([
    [
      'a * on (j) job',
      'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    ],
    [
      'job * on (j) a',
      'found duplicate series for the match group {j="x"} on the right hand-side of the operation: [{__name__="a", i="2", j="x"}, {__name__="a", i="1", j="x"}];many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    [
      'a * on (j) group_right () a{i="1"}',
      'found duplicate series for the match group {j="x"} on the left hand-side',
    ],
    [
      '{__name__=~"a|b", i="1"} * on (j) group_left () job',
      'multiple matches for labels: grouping labels must ensure unique matches',
    ],
  ])('%s fails', (query, message) => {
    expect(() => evaluate(query)).toThrow(message);
  });

  test('series that would conflict may alternate over a range', () => {
    const alternating = new MemoryReader()
      .add(series('a', { i: '1' }), [[0, 1]])
      .add(series('b', { i: '1', v: 'old' }), [
        [0, 10],
        [1000, 'stale'],
      ])
      .add(series('b', { i: '1', v: 'new' }), [[1000, 20]]);
    expect(range('a * on (i) b', alternating, { start: 0, end: 1000, step: 1000 })).toEqual({
      '{i="1"}': [
        [0, 10],
        [1000, 20],
      ],
    });
  });

  test('fills in for missing partners', () => {
    expect(evaluate('a + on (i) fill (0) b')).toEqual({
      '{i="1"}': 12,
      '{i="2"}': 20,
      '{i="3"}': 30,
      '{i="4"}': 4,
    });
    expect(evaluate('a + on (i) fill_right (1) b')).toEqual({
      '{i="1"}': 12,
      '{i="2"}': 20,
      '{i="3"}': 31,
    });
  });
});

describe('set operators', () => {
  test('and keeps what has a partner', () => {
    expect(evaluate('a and b')).toEqual({ 'a{i="1", j="x"}': 10, 'a{i="2", j="x"}': 20 });
    expect(evaluate('a and on (j) b{i="4"}')).toEqual({ 'a{i="3", j="y"}': 30 });
  });

  test('unless keeps what has none', () => {
    expect(evaluate('a unless b')).toEqual({ 'a{i="3", j="y"}': 30 });
    expect(evaluate('a unless ignoring (i) b')).toEqual({});
  });

  test('or adds what the left side lacks', () => {
    expect(evaluate('a or b')).toEqual({
      'a{i="1", j="x"}': 10,
      'a{i="2", j="x"}': 20,
      'a{i="3", j="y"}': 30,
      'b{i="4", j="y"}': 4,
    });
    expect(evaluate('a{i="9"} or on () b{i="1"}')).toEqual({ 'b{i="1", j="x"}': 2 });
  });

  test('decide step by step', () => {
    const changing = new MemoryReader()
      .add(series('a'), [
        [0, 1],
        [1000, 'stale'],
        [2000, 3],
      ])
      .add(series('b'), [
        [0, 10],
        [1000, 20],
        [2000, 30],
      ]);
    const times = { start: 0, end: 2000, step: 1000 };
    expect(range('a or b', changing, times)).toEqual({
      a: [
        [0, 1],
        [2000, 3],
      ],
      b: [[1000, 20]],
    });
    expect(range('b unless a', changing, times)).toEqual({ b: [[1000, 20]] });
    expect(range('b and a', changing, times)).toEqual({
      b: [
        [0, 10],
        [2000, 30],
      ],
    });
  });
});

describe('metric names', () => {
  const two = (): MemoryReader =>
    new MemoryReader()
      .add(series('x', { l: '1' }), [[0, 1]])
      .add(series('y', { l: '1' }), [[0, 2]]);

  test('two series that become one are an error', () => {
    expect(() => instant('{l="1"} * 2', two(), 0)).toThrow(
      'vector cannot contain metrics with the same labelset',
    );
    expect(() =>
      instant('rate({l="1"}[1m])', two().add(series('x', { l: '1' }), [[1, 1]]), 1),
    ).not.toThrow();
  });

  test('dropped late, they tell series apart until the end', () => {
    const late = { delayedNameRemoval: true };
    expect(
      instant('label_replace({l="1"} * 2, "n", "$1", "__name__", "(.*)")', two(), 0, late),
    ).toEqual({ '{l="1", n="x"}': 2, '{l="1", n="y"}': 4 });
  });

  test('dropped late, they go where the samples come from a side that drops them', () => {
    const late = { delayedNameRemoval: true };
    const changing = new MemoryReader().add(series('x'), [
      [0, 2],
      [1000, 10],
    ]);
    expect(instant('(abs(x) > 5) or x', changing, 0, late)).toEqual({ x: 2 });
    expect(instant('(abs(x) > 5) or x', changing, 1000, late)).toEqual({ '{}': 10 });
    const times = { start: 0, end: 1000, step: 1000 };
    expect(Object.keys(range('(abs(x) > 5) or x', changing, times, late))).toEqual(['x']);
  });

  test('two that do not meet in time become one series', () => {
    const apart = new MemoryReader()
      .add(series('x'), [
        [0, 1],
        [1000, 'stale'],
      ])
      .add(series('y'), [[1000, 2]]);
    const times = { start: 0, end: 1000, step: 1000 };
    expect(range('{__name__=~"x|y"} * 10', apart, times)).toEqual({
      '{}': [
        [0, 10],
        [1000, 20],
      ],
    });
  });
});
