import { ConfigError, describeProblem } from '../config/config-error.js';
import { fileLayer } from '../config/layer.js';
import { loadConfig } from '../config/load.js';
import { readConfigFile } from '../config/yaml-file.js';
import { nearest } from '../lib/nearest.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';
import { exporterSettings } from './settings.js';

interface Check {
  readonly name: string;
  /** What is wrong with a file, one line each. */
  readonly problems: (file: string) => readonly string[];
}

const checks = [{ name: 'config', problems: configProblems }] satisfies readonly Check[];

export const check: Command = {
  name: 'check',
  summary: 'Checks files without starting anything.',
  usage: ['kymo check config <file…>'],
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
    const problems = chosen.problems(file);
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
