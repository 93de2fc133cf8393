import { ConfigError, describeProblem } from '../config/config-error.js';
import { fileLayer } from '../config/layer.js';
import { loadConfig } from '../config/load.js';
import { readConfigFile } from '../config/yaml-file.js';
import { nearest } from '../lib/nearest.js';
import { loadRuleFiles } from '../rules/load.js';
import { describeRuleProblem } from '../rules/problem.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';
import { exporterSettings } from './settings.js';

interface Check {
  readonly name: string;
  /** What is wrong with a file, one line each, and what is fine but hardly meant. */
  readonly run: (file: string) => Findings;
}

interface Findings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

const checks = [
  { name: 'config', run: (file) => ({ problems: configProblems(file), warnings: [] }) },
  { name: 'rules', run: ruleFindings },
] satisfies readonly Check[];

export const check: Command = {
  name: 'check',
  summary: 'Checks files without starting anything.',
  usage: ['kymo check config <file…>', 'kymo check rules <file…>'],
  run: (invocation) => Promise.resolve(runCheck(invocation)),
};

function runCheck({ args, print, complain }: Invocation): number {
  const [kind, ...files] = args;
  const names = checks.map(({ name }) => name);
  if (kind === undefined) throw new UsageError(`what is to be checked? known: ${names.join(', ')}`);
  const chosen = checks.find(({ name }) => name === kind);
  if (chosen === undefined) {
    const meant = nearest(kind, names);
    const hint = meant === undefined ? `known: ${names.join(', ')}` : `did you mean ${meant}?`;
    throw new UsageError(`there is no check of "${kind}"; ${hint}`);
  }
  const flag = files.find((file) => file.startsWith('-'));
  if (flag !== undefined) throw new UsageError(`there is no flag ${flag} here; give files only`);
  if (files.length === 0) throw new UsageError('no file to check; give at least one');
  let failed = false;
  for (const file of files) {
    const { problems, warnings } = chosen.run(file);
    if (warnings.length > 0) complain(warnings.map((line) => `${line}\n`).join(''));
    if (problems.length === 0) print(`${file}: ok\n`);
    else complain(problems.map((line) => `${line}\n`).join(''));
    failed ||= problems.length > 0;
  }
  return failed ? EXIT_FAILED : EXIT_FINE;
}

function configProblems(file: string): readonly string[] {
  const declaration = exporterSettings();
  const { root, problems } = readConfigFile(file);
  const layer = fileLayer(root, declaration.members);
  try {
    loadConfig(declaration, [{ ...layer, problems: [...problems, ...layer.problems] }]);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return thrown.problems.map(describeProblem);
  }
}

function ruleFindings(file: string): Findings {
  const { problems, warnings } = loadRuleFiles([file]);
  return {
    problems: problems.map(describeRuleProblem),
    warnings: warnings.map((warning) => `warning: ${describeRuleProblem(warning)}`),
  };
}
