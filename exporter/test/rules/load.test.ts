import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { expandGlobs } from '../../src/rules/globs.js';
import { loadRuleFiles, parseRules, readRuleText } from '../../src/rules/load.js';
import { describeRuleProblem, RuleFileError } from '../../src/rules/problem.js';

function problems(text: string): string[] {
  return readRuleText(text, 'r.yml').problems.map(describeRuleProblem);
}

const rules = (...lines: string[]): string =>
  `groups:\n- name: g\n  rules:\n${lines.map((line) => `  ${line}\n`).join('')}`;

describe('a rule file', () => {
  it('is read with what Prometheus and Kymo know', () => {
    const [group] = parseRules(
      `groups:
- name: g
  interval: 30s
  limit: 5
  query_offset: 10s
  labels: {team: core}
  rules:
  - {record: a, expr: up, labels: {team: own}}
  - alert: B
    expr: up == 0
    for: 1m
    keep_firing_for: 2m
    labels: {severity: error}
    annotations:
      summary: 'down: {{ $labels.instance }}'
      kymo_resolve: up == 1
      kymo_cooldown: 5m
      kymo_no_data: keep
      kymo_error: alert
      kymo_receivers: ops, dev
`,
      'r.yml',
    );
    expect(group).toMatchObject({ interval: 30_000, limit: 5, queryOffset: 10_000, file: 'r.yml' });
    expect(group.rules).toMatchObject([
      { kind: 'recording', name: 'a', labels: { team: 'own' }, place: { line: 8, column: 5 } },
      {
        kind: 'alerting',
        name: 'B',
        for: 60_000,
        keepFiringFor: 120_000,
        labels: { team: 'core', severity: 'error' },
        annotations: { summary: 'down: {{ $labels.instance }}' },
        resolve: { text: 'up == 1' },
        cooldown: 300_000,
        noData: 'keep',
        onError: 'alert',
        receivers: ['ops', 'dev'],
      },
    ]);
  });

  it('says where in a block of several lines an expression is wrong', () => {
    expect(
      problems(rules('- record: a', '  expr: |', '    sum by (x) (', '      rate(y[5m)', '    )')),
    ).toEqual([expect.stringMatching(/^r\.yml:7:18: group "g", rule 1, "a": expr: parse error: /)]);
    expect(problems(rules('- record: a', '  expr: >-', '    sum(x) +', '    rat(y[5m])'))).toEqual([
      expect.stringMatching(/^r\.yml:7:7: .*unknown function with name "rat"/),
    ]);
  });

  it.each([
    ["- {record: a, expr: 'up +'}", /^r\.yml:4:28: .*parse error/],
    ['- {record: a, expr: "up{x=\\"y\\"} + )"}', /^r\.yml:4:38: .*parse error/],
    ["- {record: a, expr: 'up[5m]'}", /expr is a range vector; a rule needs/],
    ['- {alert: A, expr: up, fro: 5m}', /^r\.yml:4:26: .*no key "fro"; did you mean for\?/],
    ['- {alert: A, expr: up, for: 5 min}', /^r\.yml:4:31: for: .*write for example 30s/],
    ['- {record: a-b, expr: up}', /"a-b" is no metric name/],
    ['- {record: a, expr: up, for: 1m}', /a recording rule has no for; take it off/],
    ['- {alert: A, expr: up, labels: {a-b: x}}', /"a-b" is no label name/],
    ['- {alert: A, expr: up, labels: [x]}', /labels must be a map of names and texts/],
    ["- {alert: A, expr: up, annotations: {a: '{{ $x }}'}}", /undefined variable "\$x"/],
    [
      '- {alert: A, expr: up, annotations: {kymo_resolv: up}}',
      /no annotation "kymo_resolv" of Kymo; did you mean kymo_resolve\?/,
    ],
    ["- {alert: A, expr: up, annotations: {kymo_resolve: 'up ='}}", /kymo_resolve: parse error/],
    ['- {alert: A, expr: up, annotations: {kymo_cooldown: x}}', /kymo_cooldown: not a valid/],
    [
      '- {alert: A, expr: up, annotations: {kymo_no_data: yes please}}',
      /kymo_no_data is one of ok, alert, keep, not "yes please"/,
    ],
  ])('refuses %s', (line, message) => {
    expect(problems(rules(line))).toEqual([expect.stringMatching(message)]);
  });

  it('names all problems of all files at once, in the order of their lines', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kymo-rules-'));
    try {
      const files = ['one.yml', 'two.yml'].map((name) => path.join(folder, name));
      writeFileSync(files[0], rules('- {record: a, expr: up)}', '- {recrd: b, expr: up}'));
      writeFileSync(files[1], rules('- {record: a, expr: "x y"}', '- {record: b, expr: ")"}'));
      const loaded = loadRuleFiles([...files, path.join(folder, 'none.yml')]);
      expect(loaded.problems.map(({ place }) => [path.basename(place.file), place.line])).toEqual([
        ['one.yml', 4],
        ['one.yml', 5],
        ['one.yml', 5],
        ['two.yml', 4],
        ['two.yml', 5],
        ['none.yml', 1],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('warns of a rule that is there twice, which Prometheus accepts', () => {
    const text = rules(
      '- {record: a, expr: up}',
      '- {record: a, expr: down}',
      '- {alert: A, expr: up}',
      '- {alert: A, expr: down}',
    );
    const { problems: wrong, warnings } = readRuleText(text, 'r.yml');
    expect(wrong).toEqual([]);
    expect(warnings.map(describeRuleProblem)).toEqual([
      expect.stringMatching(/^r\.yml:5:5: "a" with these labels is at line 4 already/),
    ]);
  });

  it('does not follow an alias into itself', () => {
    expect(problems('groups: &a\n- name: g\n  rules: *a\n').length).toBeGreaterThan(0);
  });

  it('throws nothing, whatever it says', () => {
    const words = [
      'groups:',
      '\n',
      '- ',
      '  ',
      'name: g',
      'rules:',
      'alert: A',
      'expr: ',
      'up',
      '{',
      '}',
      '&a',
      '*a',
      "'",
      '"',
      '|',
      '{{',
      '}}',
      'labels:',
      ': ',
    ];
    const texts = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 4 })));
    fc.assert(
      fc.property(texts, (parts) => {
        expect(readRuleText(parts.join(''), 'r.yml').problems).toBeInstanceOf(Array);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused as a whole where that is asked for', () => {
    expect(() => parseRules('groups: x', 'r.yml')).toThrow(RuleFileError);
  });
});

describe('patterns of files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-globs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'sub'));
  for (const name of ['a.yml', 'b.yml', 'c.txt', 'sub/d.yml']) {
    writeFileSync(path.join(folder, name), '');
  }

  it.each([
    [['*.yml'], ['a.yml', 'b.yml']],
    [['[ac].*'], ['a.yml', 'c.txt']],
    [
      ['*/*.yml', 'a.yml', '?.yml'],
      ['sub/d.yml', 'a.yml', 'b.yml'],
    ],
    [['.'], ['']],
  ])('%j', (patterns, expected) => {
    const { files, unmatched } = expandGlobs(patterns, folder);
    expect(files.map((file) => path.relative(folder, file))).toEqual(expected);
    expect(unmatched).toEqual([]);
  });

  it('tells those that match nothing', () => {
    const { unmatched } = expandGlobs(['x*.yml', 'none.yml', 'a.yml'], folder);
    expect(unmatched).toEqual(['x*.yml', 'none.yml']);
  });
});
