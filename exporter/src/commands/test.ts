import { testRuleFile } from '../rules/unit-test/test-files.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';

export const test: Command = {
  name: 'test',
  summary: 'Runs tests of rules.',
  usage: ['kymo test rules <file…>'],
  details: () =>
    [
      'The files are those of `promtool test rules`. Rules run as they do live, but without flap',
      'protection; of an alert, the annotations that start with `kymo_` are among those expected.',
    ].join('\n'),
  run: (invocation) => Promise.resolve(runTest(invocation)),
};

function runTest({ args, print, complain }: Invocation): number {
  const [kind, ...files] = args;
  if (kind === undefined) throw new UsageError('what is to be tested? known: rules');
  if (kind !== 'rules') throw new UsageError(`there is no test of "${kind}"; known: rules`);
  const flag = files.find((file) => file.startsWith('-'));
  if (flag !== undefined) throw new UsageError(`there is no flag ${flag} here; give files only`);
  if (files.length === 0) throw new UsageError('no file with tests; give at least one');
  let failed = false;
  for (const file of files) {
    const { failures, warnings, tests } = testRuleFile(file);
    for (const warning of warnings) complain(`warning: ${warning}\n`);
    if (failures.length === 0) print(`${file}: ok, ${tests} ${tests === 1 ? 'test' : 'tests'}\n`);
    else complain(failures.map((failure) => `${failure}\n`).join(''));
    failed ||= failures.length > 0;
  }
  return failed ? EXIT_FAILED : EXIT_FINE;
}
