import { readFileSync } from 'node:fs';
import { messageOf } from '../lib/errors.js';
import { isPlainLabelName } from '../promql/literals.js';
import { printExpression } from '../promql/print.js';
import { METRIC_NAME } from '../series/labels.js';
import { readRule } from './load-rule.js';
import { RuleFileError, type RuleProblem } from './problem.js';
import type { Rule, RuleGroup } from './rule.js';
import { labelsOf, ShapeReader } from './yaml-shape.js';
import { readYamlText, type YamlEntry, type YamlValue } from './yaml-text.js';

const GROUP_KEYS = ['name', 'interval', 'limit', 'query_offset', 'labels', 'rules'];
const MAX_BYTES = 16 * 2 ** 20;

/** What rule files say. */
export interface LoadedRules {
  /** Those that are whole; all of them only where there are no problems. */
  readonly groups: readonly RuleGroup[];
  /** Everything that is wrong, in all files. */
  readonly problems: readonly RuleProblem[];
  /** What Prometheus accepts but is hardly meant, such as a rule that is there twice. */
  readonly warnings: readonly RuleProblem[];
}

/** Reads rule files in Prometheus's format. Nothing is thrown; whatever is wrong is a problem. */
export function loadRuleFiles(files: readonly string[]): LoadedRules {
  const all = files.map((file) => {
    try {
      const bytes = readFileSync(file);
      if (bytes.length > MAX_BYTES)
        return failed(file, 'is larger than 16MiB; that is no rule file');
      return readRuleText(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file);
    } catch (thrown) {
      const reason = thrown instanceof TypeError ? 'is not UTF-8 text' : messageOf(thrown);
      return failed(file, `cannot be read: ${reason}`);
    }
  });
  return {
    groups: all.flatMap(({ groups }) => groups),
    problems: all.flatMap(({ problems }) => problems),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}

function failed(file: string, message: string): LoadedRules {
  return { groups: [], problems: [{ place: { file, line: 1, column: 1 }, message }], warnings: [] };
}

/**
 * Reads the text of one rule file and insists that it is right.
 * @throws RuleFileError with all problems
 */
export function parseRules(text: string, file: string): readonly RuleGroup[] {
  const { groups, problems } = readRuleText(text, file);
  if (problems.length > 0) throw new RuleFileError(problems);
  return groups;
}

/** Reads the text of one rule file; `file` is what places name. */
export function readRuleText(text: string, file: string): LoadedRules {
  const problems: RuleProblem[] = [];
  const shape = new ShapeReader(problems);
  const root = readYamlText(text, file, problems);
  const entries = root && shape.map(root, 'a rule file', ['groups']);
  const groups: RuleGroup[] = [];
  const names = new Set<string>();
  for (const value of shape.list(entries?.get('groups'), 'groups')) {
    const group = readGroup(shape, value, names);
    if (group !== undefined) groups.push(group);
  }
  problems.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  return { groups, problems, warnings: duplicates(groups) };
}

function readGroup(
  shape: ShapeReader,
  value: YamlValue,
  names: Set<string>,
): RuleGroup | undefined {
  const entries = shape.map(value, 'a group', GROUP_KEYS);
  if (entries === undefined) return undefined;
  const name = shape.text(entries.get('name')) ?? '';
  if (name === '') shape.report(value.place, 'a group must have a name');
  else if (names.has(name)) {
    const place = entries.get('name')?.value.place ?? value.place;
    shape.report(place, `group "${name}" is in this file twice; rename one of them`);
  }
  names.add(name);
  const interval = shape.duration(entries.get('interval'));
  const limit = shape.integer(entries.get('limit')) ?? 0;
  const groupLabels = readLabels(shape, entries.get('labels'), name);
  const rules: Rule[] = [];
  for (const [i, item] of shape.list(entries.get('rules'), 'rules').entries()) {
    const rule = readRule(shape, item, { group: name, number: i + 1, groupLabels });
    if (rule !== undefined) rules.push(rule);
  }
  return {
    name,
    file: value.place.file,
    interval: interval === 0 ? undefined : interval,
    queryOffset: shape.duration(entries.get('query_offset')) ?? 0,
    limit,
    rules,
    place: value.place,
  };
}

function readLabels(
  shape: ShapeReader,
  entry: YamlEntry | undefined,
  group: string,
): Record<string, string> {
  const labels = shape.texts(entry);
  for (const { name, namePlace } of labels) {
    if (isPlainLabelName(name) && name !== METRIC_NAME) continue;
    shape.report(namePlace, `group "${group}": "${name}" is no label name`);
  }
  return { ...labelsOf(labels) };
}

/** Rules of a file that have the same name and labels as one before, which promtool warns of too. */
function duplicates(groups: readonly RuleGroup[]): RuleProblem[] {
  const seen = new Map<string, Rule>();
  const warnings: RuleProblem[] = [];
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    const key = JSON.stringify([rule.kind, rule.name, Object.entries(rule.labels).sort()]);
    const first = seen.get(key);
    seen.set(key, first ?? rule);
    // An alert may well have several conditions, but not the same one twice.
    const twice =
      first !== undefined &&
      (rule.kind === 'recording' ||
        printExpression(first.expression) === printExpression(rule.expression));
    if (!twice) continue;
    const message = `"${rule.name}" with these labels is at line ${first.place.line} already; where both yield a series, only one is kept`;
    warnings.push({ place: rule.place, message });
  }
  return warnings;
}
