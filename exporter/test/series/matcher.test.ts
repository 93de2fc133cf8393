import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { Matcher } from '../../src/series/matcher.js';

const character = fc.constantFrom('a', 'b', '-', '\n', 'é', '😀');
const part = fc.oneof(
  { weight: 2, arbitrary: character },
  fc.constantFrom('.*', '.+', '.', '|', 'a|b', '(ab)?', '[ab]', '\\.'),
);
const pattern = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
const value = fc.array(character, { maxLength: 5 }).map((parts) => parts.join(''));

describe('a pattern', () => {
  test('takes what the anchored expression takes, however it is written', () => {
    fc.assert(
      fc.property(pattern, value, (expression, text) => {
        const expected = RE2JS.compile(`^(?s:${expression})$`).matches(text);
        expect(new Matcher('x', '=~', expression).matches(text)).toBe(expected);
        expect(new Matcher('x', '!~', expression).matches(text)).toBe(!expected);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['.+', '', false],
    ['.*', '', true],
    ['api.*', 'api', true],
    ['api.+', 'api', false],
    ['.*api', 'v1/api', true],
    ['.+api.+', 'api/api', false],
    ['.+api.+', '/api/', true],
    ['.*api.*', 'ap', false],
    ['a.b', 'axb', true],
  ])('%s on %j: %s', (expression, text, expected) => {
    expect(new Matcher('x', '=~', expression).matches(text)).toBe(expected);
  });

  test('is refused with its place where it is none', () => {
    expect(() => new Matcher('job', '=~', 'a(')).toThrow(/"a\(" of label job/);
    expect(() => new Matcher('job', '!~', '*a')).toThrow(
      expect.objectContaining({ code: 'bad_regex' }) as Error,
    );
  });
});

test('a matcher is written as PromQL writes it', () => {
  expect(new Matcher('a', '=~', 'x"y').toString()).toBe('a=~"x\\"y"');
});
