import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/promql/errors.js';
import { formatQuery } from '../../src/promql/format.js';
import { parseExpression, parseSeriesSelector } from '../../src/promql/parse.js';
import { printExpression } from '../../src/promql/print.js';
import { scalarText, vectorText } from './expressions.js';

function printed(text: string): string {
  return printExpression(parseExpression(text));
}

function errorOf(text: string): string {
  try {
    parseExpression(text);
  } catch (thrown) {
    if (thrown instanceof ParseError) return thrown.message;
    throw thrown;
  }
  return 'no error';
}

describe('literals', () => {
  test.each([
    ['1', 1],
    ['+1', 1],
    ['-1', -1],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1_000.5', 1000.5],
    ['0x1F', 31],
    ['017', 15],
    ['08', 8],
    ['Inf', Infinity],
    ['-inf', -Infinity],
    ['nan', NaN],
    ['5m', 300],
    ['1h30m', 5400],
    ['-500ms', -0.5],
  ])('reads %s as the number %s', (text, value) => {
    expect(parseExpression(text)).toMatchObject({ kind: 'number', value });
  });

  test.each([
    [String.raw`"a\"b\n\t\\"`, 'a"b\n\t\\'],
    [String.raw`'it\'s "so"'`, `it's "so"`],
    ['`raw \\n "text"`', 'raw \\n "text"'],
    [String.raw`"\x41\101é\U0001F600"`, 'AAé😀'],
    [String.raw`"\xc3\xa9"`, 'é'],
    ['"😀é"', '😀é'],
  ])('reads the string %s', (text, value) => {
    expect(parseExpression(text)).toMatchObject({ kind: 'string', value });
  });

  test.each([
    [String.raw`"\q"`, '1:1: parse error: unknown escape sequence "\\q"'],
    [String.raw`"\'"`, '1:1: parse error: unknown escape sequence "\\\'"'],
    [String.raw`"\ud800"`, '1:1: parse error: escape sequence is an invalid Unicode code point'],
    ['"abc', '1:1: parse error: unterminated quoted string'],
    ['x{a="b\n"}', '1:5: parse error: unterminated quoted string'],
  ])('refuses the string %s', (text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  test('refuses a duration whose units are out of order', () => {
    expect(errorOf('x[1m1h]')).toContain('parse error');
  });
});

describe('precedence', () => {
  test.each([
    ['1 + 2 * 3', { operator: '+', right: { operator: '*' } }],
    ['1 * 2 + 3', { operator: '+', left: { operator: '*' } }],
    ['2 ^ 3 ^ 2', { operator: '^', right: { operator: '^' } }],
    ['a - b - c', { operator: '-', left: { operator: '-' } }],
    ['a or b and c', { operator: 'or', right: { operator: 'and' } }],
    ['a and b > c', { operator: 'and', right: { operator: '>' } }],
    ['a atan2 b % c', { operator: '%', left: { operator: 'atan2' } }],
    ['-1 ^ 2', { kind: 'unary', expression: { operator: '^' } }],
    ['-a ^ 2 * 3', { operator: '*', left: { kind: 'unary' } }],
    ['2 ^ -1 * 3', { operator: '*', left: { operator: '^' } }],
    ['a + b @ 5 * c', { operator: '+', right: { operator: '*', left: { at: 5000 } } }],
    ['a + b offset 5m', { operator: '+', right: { offset: { value: 300 } } }],
    ['-a offset 5m', { kind: 'unary', expression: { offset: { value: 300 } } }],
    ['a + b[5m:1m] == c', { kind: 'error' }],
  ])('%s', (text, shape) => {
    if (text.includes('['))
      expect(errorOf(text)).toMatch(/^1:5: parse error: binary expression must/);
    else expect(parseExpression(text)).toMatchObject(shape);
  });
});

describe('modifiers', () => {
  test('takes offset, @ and ranges in either order', () => {
    expect(printed('x[5m] offset -1m @ start()')).toBe('x[5m] @ start() offset -1m');
    expect(printed('x @ 1.5 offset 10')).toBe('x @ 1.500 offset 10s');
    expect(printed('rate(x[5m])[1h:] @ end()')).toBe('rate(x[5m])[1h:] @ end()');
  });

  test('computes with durations', () => {
    expect(printed('x[1m + 2m * 3] offset -(step() / 2)')).toBe(
      'x[1m + 2m * 3] offset -(step() / 2)',
    );
    expect(printed('x[max_of(STEP(), 5m)]')).toBe('x[max_of(step(), 5m)]');
  });

  test('tells functions on numbers from those in durations', () => {
    expect(printed('max_of(1, 2)')).toBe('max_of(1, 2)');
  });

  test('knows holt_winters by its old name', () => {
    expect(printed('holt_winters(x[5m], 0.5, 0.5)')).toBe('holt_winters(x[5m], 0.5, 0.5)');
  });
});

describe('names', () => {
  test.each(['sum', 'by', 'offset_total', 'start', 'and_more', 'a:b', 'inf_x'])(
    'takes %s as a metric name',
    (name) => {
      expect(parseExpression(name)).toMatchObject({ kind: 'selector', name });
    },
  );

  test('takes keywords as labels', () => {
    expect(printed('sum by (by, sum, offset, bool) (x{and="1",offset="2"})')).toBe(
      'sum by (by, sum, offset, bool) (x{and="1",offset="2"})',
    );
  });

  test('takes quoted names of metrics and labels', () => {
    expect(printed('{"my.metric", "a b"="c"}')).toBe('{"a b"="c",__name__="my.metric"}');
    expect(printed('sum by ("a.b", c) (x)')).toBe('sum by ("a.b", c) (x)');
  });

  test('takes keywords in any case', () => {
    expect(printed('SUM(x) BY (a) AND ON(a) y')).toBe('sum by (a) (x) and on (a) y');
  });
});

describe('errors name position and remedy', () => {
  test.each([
    ['', '1:1: parse error: no expression found in input'],
    ['# only a comment', '1:1: parse error: no expression found in input'],
    ['foo{', '1:5: parse error: unexpected end of input inside braces; add "}"'],
    ['sum(x', '1:6: parse error: unclosed left parenthesis; add ")"'],
    ['x[5m', '1:5: parse error: unclosed left bracket; add "]"'],
    ['rate(x[5m)', '1:10: parse error: unexpected ")" in subquery or range, expected ":" or "]"'],
    ['x{a=}', '1:5: parse error: unexpected "}" in label matching, expected string'],
    [
      'x{a b}',
      '1:5: parse error: unexpected identifier "b" in label matching, expected label matching operator',
    ],
    [
      'x{a="b" c="d"}',
      '1:9: parse error: unexpected identifier "c" in label matching, expected "," or "}"',
    ],
    ['sum by a (x)', '1:8: parse error: unexpected identifier "a" in grouping opts, expected "("'],
    ['x @ y', '1:5: parse error: unexpected identifier "y" in @, expected timestamp'],
    ['sum(x) by', '1:10: parse error: unexpected end of input in grouping opts, expected "("'],
    [
      'x + ignoring y',
      '1:14: parse error: unexpected identifier "y" in grouping opts, expected "("',
    ],
    ['sum by (,) (x)', '1:9: parse error: unexpected "," in grouping opts, expected label'],
    ['sum by (a) (x) without (b)', '1:16: parse error: unexpected <without>'],
    ['sum(x) sum', '1:8: parse error: unexpected <aggr:sum>'],
    ['x on (a) y', '1:3: parse error: unexpected <on>'],
    ['x + * y', '1:5: parse error: unexpected <op:*>'],
    ['foo(', '1:5: parse error: unclosed left parenthesis; add ")"'],
    ['x)', "1:2: parse error: unexpected right parenthesis ')'"],
    ['()', '1:2: parse error: unexpected ")"'],
    ['x 5m', '1:3: parse error: unexpected duration "5m"'],
    ['x "a long string"', '1:3: parse error: unexpected string "\\"a long st"...'],
    ['5mm', '1:1: parse error: bad number or duration syntax: "5mm"'],
    [
      '1s1m',
      '1:1: parse error: not a valid duration string: "1s1m"; units go from large to small, each once',
    ],
    ['`x', '1:1: parse error: unterminated raw string'],
    ['$x', "1:1: parse error: unexpected character: '$'"],
    ['a &&b', '1:3: parse error: unexpected character: \'&\'; the operator is "and"'],
    ['a = b', '1:3: parse error: unexpected "="; the operator is "=="'],
    ['2. ^', '1:5: parse error: unexpected end of input'],
    ['1 2', '1:3: parse error: unexpected number "2"'],
    ['a +', '1:4: parse error: unexpected end of input'],
    ['foo(x)', '1:1: parse error: unknown function with name "foo"'],
    [
      '1 +\n  ratte(x[5m])',
      '2:3: parse error: unknown function with name "ratte"; did you mean "rate"?',
    ],
    [
      'rate(x)',
      '1:6: parse error: expected type range vector in call to function "rate", got instant vector; add a range such as [5m]',
    ],
    [
      'abs(x[5m])',
      '1:5: parse error: expected type instant vector in call to function "abs", got range vector; take the range off, or put a function such as rate(…) around it',
    ],
    [
      'topk(x, y)',
      '1:6: parse error: expected type scalar in aggregation parameter, got instant vector; put scalar(…) around it',
    ],
    ['abs()', '1:1: parse error: expected 1 argument(s) in call to "abs", got 0'],
    [
      'round(x, 1, 2)',
      '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3',
    ],
    [
      'label_join(x)',
      '1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 1',
    ],
    [
      'sum(1, x)',
      '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2',
    ],
    [
      '1 == 2',
      '1:3: parse error: comparisons between scalars must use BOOL modifier; write "== bool"',
    ],
    ['a + bool b', '1:3: parse error: bool modifier can only be used on comparison operators'],
    ['a and 3', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ['a + on(x) 3', '1:1: parse error: vector matching only allowed between instant vectors'],
    ['a and on(x) group_left() b', '1:1: parse error: no grouping allowed for "and" operation'],
    [
      'a + on(x) group_left(x) b',
      '1:3: parse error: label "x" must not occur in ON and GROUP clause at once',
    ],
    ['x{__name__="y"}', '1:1: parse error: metric name must not be set twice: "x" or "y"'],
    [
      'x[5m] + 1',
      '1:1: parse error: binary expression must contain only scalar and instant vector types',
    ],
    ['x[0s]', '1:3: parse error: duration must be greater than 0'],
    ['x[5m] offset 1m offset 1m', '1:1: parse error: offset may not be set multiple times'],
    ['x @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times'],
    [
      'sum(x) offset 5m',
      '1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    ],
    [
      '"a"[5m:1m]',
      '1:1: parse error: subquery is only allowed on instant vector, got string instead',
    ],
    [
      '-"a"',
      '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"',
    ],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  test('a selector that would select everything', () => {
    expect(errorOf('{a=""}')).toMatch(
      /^1:1: parse error: vector selector must contain at least one/,
    );
  });

  test('a regular expression that does not compile', () => {
    expect(errorOf('x{a=~"("}')).toMatch(
      /^1:3: parse error: cannot parse the regular expression "\("/,
    );
  });

  test('an expression nested too deep', () => {
    expect(errorOf(`${'('.repeat(1000)}x${')'.repeat(1000)}`)).toMatch(/levels deep/);
  });

  test('whatever the text, it is parsed or refused with a parse error', () => {
    const alphabet = fc.constantFrom(
      ...[
        'rate',
        'sum',
        'by',
        'x',
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        '"a"',
        '=',
        '=~',
        '+',
        '-',
        '^',
        '5m',
        '1.',
        ',',
        ':',
        '@',
        'offset',
        ' ',
        'bool',
        'on',
        "'",
        '\\',
        '#',
        '\n',
        '😀',
      ],
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 14 }), (tokens) => {
        const text = tokens.join('');
        const message = errorOf(text);
        expect(message === 'no error' || /^\d+:\d+: parse error: ./.test(message)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('printing', () => {
  test('is stable: what is printed parses to what prints the same', () => {
    fc.assert(
      fc.property(fc.oneof(vectorText, scalarText), (text) => {
        const once = printed(text);
        expect(printed(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });

  test('over several lines means the same as on one', () => {
    fc.assert(
      fc.property(vectorText, (text) => {
        const pretty = formatQuery(text);
        expect(printed(pretty)).toBe(printed(text));
        expect(formatQuery(pretty)).toBe(pretty);
      }),
      { numRuns: 500 },
    );
  });

  test('breaks long expressions as format_query does', () => {
    const part =
      'sum by (job) (rate(http_request_duration_seconds_bucket{code=~"5..",job="api"}[5m]))';
    expect(
      formatQuery(`histogram_quantile(0.9, ${part} / ignoring(code) group_left ${part})`),
    ).toBe(
      `histogram_quantile(
  0.9,
    ${part}
  / ignoring (code) group_left ()
    ${part}
)`,
    );
  });

  test.each([
    [String.raw`"a\"\\\n` + '\u00a0é😀"', String.raw`"a\"\\\n\u00a0é😀"`],
    ['1e-7', '0.0000001'],
    ['1e21', '1000000000000000000000'],
    ['a/on(x)group_right b', 'a / on (x) group_right () b'],
    ['a / fill(0) b', 'a / fill (0) b'],
    ['sum without() (x)', 'sum without () (x)'],
  ])('%s', (text, expected) => {
    expect(printed(text)).toBe(expected);
  });
});

describe('series selectors', () => {
  test('gives the matchers', () => {
    expect(parseSeriesSelector('up{job="a"}').map(String)).toEqual(['job="a"', '__name__="up"']);
  });

  test.each(['up[5m]', 'up offset 5m', 'sum(up)', '1'])('refuses %s', (text) => {
    expect(() => parseSeriesSelector(text)).toThrow(/expected a series selector/);
  });
});
