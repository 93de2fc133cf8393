import path from 'node:path';
import { loadRuleFiles } from '../load.js';
import { expandGlobs } from '../globs.js';
import { describeRuleProblem, type RuleProblem } from '../problem.js';
import { runUnitTest } from './run-unit-test.js';
import { readUnitTestFile } from './unit-test-file.js';

export interface UnitTestVerdict {
  /** What is wrong, for people; none where all tests passed. */
  readonly failures: readonly string[];
  /** Such as a pattern that no rule file matches. */
  readonly warnings: readonly string[];
  readonly tests: number;
}

/** Runs the tests of one file in promtool's format, with the engine that runs the rules. */
export function testRuleFile(file: string): UnitTestVerdict {
  const problems: RuleProblem[] = [];
  const content = readUnitTestFile(file, problems);
  if (content === undefined || problems.length > 0) {
    const failures =
      problems.length === 0 ? [`${file}: is empty`] : problems.map(describeRuleProblem);
    return { failures, warnings: [], tests: 0 };
  }
  const folder = path.dirname(file);
  const { files, unmatched } = expandGlobs(content.ruleFiles, folder);
  const warnings = unmatched.map((pattern) => `${file}: no rule file matches ${pattern}`);
  const { groups, problems: wrong } = loadRuleFiles(files);
  if (wrong.length > 0) {
    return { failures: wrong.map(describeRuleProblem), warnings, tests: content.tests.length };
  }
  const failures = content.tests.flatMap((test) =>
    runUnitTest(test, groups, content).map((failure) => `${test.name}: ${failure}`),
  );
  return { failures, warnings, tests: content.tests.length };
}
