import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templateFunctions } from '../../src/rules/template/functions.js';
import { fixed, general, scientific } from '../../src/rules/template/go-number.js';
import { Template, TemplateError } from '../../src/rules/template/template.js';
import { TemplateSample } from '../../src/rules/template/values.js';

const samples = [
  new TemplateSample(new Map([['id', 'b']]), 2),
  new TemplateSample(new Map([['id', 'a']]), 1),
];
const functions = templateFunctions({
  now: () => 1_700_000_000_500,
  externalUrl: 'http://kymo.test/base',
  query: () => samples,
});
const data = {
  Labels: new Map([['id', 'x']]),
  ExternalLabels: new Map<string, string>(),
  ExternalURL: 'http://kymo.test/base',
  Value: 7.5,
};

function expand(text: string): string {
  return Template.parse(text, 'A').expand(data, functions);
}

// What most templates use is compared with promtool, in promtool.test.ts.
describe('a template', () => {
  it.each([
    [
      '{{ now }} {{ externalURL }} {{ pathPrefix }}',
      '1.7000000005e+09 http://kymo.test/base /base',
    ],
    ['{{ toTime 1435065584.128 }}', '2015-06-23 13:19:44.128 +0000 UTC'],
    ['{{ toDuration 3661.5 }} {{ toDuration 0.25 }}', '1h1m1.5s 250ms'],
    ['{{ stripDomain "a.b.c:80" }} {{ stripDomain "10.0.0.1:80" }}', 'a:80 10.0.0.1:80'],
    ['{{ urlQueryEscape "a/b c" }}', 'a%2Fb+c'],
    ['{{ (query "x" | sortByLabel "id" | first).Labels.id }}', 'a'],
    [
      '{{ range $s := query "x" }}{{ if eq $s.Value 2.0 }}{{ continue }}{{ end }}{{ .Value }}{{ end }}',
      '1',
    ],
    ['{{ $v := 1 }}{{ if true }}{{ $v = 2 }}{{ $v := 3 }}{{ end }}{{ $v }}', '2'],
    ['{{ label "id" (query "x" | first) }}', 'b'],
    ['{{ args 1 "b" }}', 'map[arg0:1 arg1:b]'],
    ['{{ reReplaceAll "(?P<n>x)y" "<$n>" "axyb" }}', 'a<x>b'],
  ])('expands %s', (text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  it.each([
    ['{{ template "t" }}', /template "t" not defined/],
    ['{{ define "t" }}{{ template "t" }}{{ end }}{{ template "t" }}', /maximum template depth/],
    ['{{ index .Labels 1 }}', /error calling index/],
    ['{{ humanize }}', /wrong number of args for humanize: want 1 got 0/],
    ['{{ "x" | $labels }}', /can't give argument to non-function/],
    ['{{ match "(" "x" }}', /error calling match/],
  ])('fails to expand %s', (text, message) => {
    expect(() => expand(text)).toThrow(message);
    expect(() => expand(text)).toThrow(TemplateError);
  });

  it('ends a template that calls others many times over', () => {
    const call = (i: number): string => `{{ template "t${i}" }}`;
    const twice = (i: number): string => `{{ define "t${i + 1}" }}${call(i)}${call(i)}{{ end }}`;
    const levels = Array.from({ length: 40 }, (_, i) => twice(i)).join('');
    expect(() => expand(`{{ define "t0" }}{{ end }}${levels}${call(40)}`)).toThrow(
      /more than 1000000 steps/,
    );
  });

  it.each([
    ['{{ if true }}', /unexpected EOF/],
    ['{{ end }}', /unexpected \{\{end\}\}/],
    ['{{ "x }}', /unterminated quoted string/],
    ['{{ (1 }}', /unclosed left paren/],
    ['{{ 1 | 2 }}', /non executable command in pipeline stage 2/],
    ['{{ break }}', /\{\{break\}\} outside \{\{range\}\}/],
    ['{{', /unclosed action/],
    ['{{ /* x }}', /unclosed comment/],
    ['{{ }}', /missing value for command/],
  ])('refuses %s', (text, message) => {
    expect(() => Template.parse(text, 'A')).toThrow(message);
  });

  it('throws no other errors than its own, whatever it says', () => {
    const words = [
      '{{',
      '}}',
      '-',
      ' ',
      '|',
      '(',
      ')',
      '.',
      '$',
      '$value',
      ':=',
      '=',
      ',',
      'if',
      'end',
      'else',
      'range',
      'with',
      'define',
      'template',
      '"a"',
      '`',
      "'",
      '1',
      'query',
      'first',
      'printf',
      '"%d"',
      'index',
      'eq',
      '.x',
      '/*',
      '*/',
    ];
    const texts = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 3 })));
    fc.assert(
      fc.property(texts, (parts) => {
        try {
          expand(`{{ ${parts.join('')}`);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('numbers as Go prints them', () => {
  it.each([
    [general(12345, 4), '1.234e+04'],
    [general(999.96, 4), '1000'],
    [general(0.00001234, 2), '1.2e-05'],
    [fixed(0.125, 2), '0.12'],
    [fixed(-0.001, 2), '-0.00'],
    [fixed(0.5, 0), '0'],
    [fixed(1.5, 0), '2'],
    [fixed(9.995, 1), '10.0'],
    [fixed(1e22, 1), '10000000000000000000000.0'],
    [scientific(12345.678, 1), '1.2e+04'],
    [scientific(0, 2), '0.00e+00'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });

  it('read back as what they round', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(finite, (value) => {
        expect(Number(general(value, 17))).toBe(value);
        expect(Number(scientific(value, 16))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        expect(Math.abs(Number(fixed(value, 3)) - value)).toBeLessThanOrEqual(0.000_500_001);
      }),
    );
  });
});
