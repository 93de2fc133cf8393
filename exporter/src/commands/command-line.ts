import { messageOf } from '../lib/errors.js';
import { nearest } from '../lib/nearest.js';
import { version } from '../lib/version.js';
import { EXIT_FINE, EXIT_WRONG_USE, UsageError, type Command, type Invocation } from './command.js';

/**
 * Runs the command that the arguments name and resolves with the exit code. `--help` and `--version`
 * are understood everywhere.
 */
export async function runCommandLine(
  commands: readonly Command[],
  invocation: Invocation,
): Promise<number> {
  const { args, print, complain } = invocation;
  const [name, ...rest] = args;
  const command = commands.find((candidate) => candidate.name === name);
  if (args.some((argument) => argument === '--help' || argument === '-h')) {
    if (command === undefined && name !== undefined && !name.startsWith('-')) {
      return wrongUse(complain, unknownCommand(name, commands), 'kymo --help');
    }
    print(command === undefined ? overview(commands) : help(command));
    return EXIT_FINE;
  }
  if (args.includes('--version')) {
    print(`kymo ${version}\n`);
    return EXIT_FINE;
  }
  if (name === undefined) {
    complain(overview(commands));
    return EXIT_WRONG_USE;
  }
  if (command === undefined) {
    return wrongUse(complain, unknownCommand(name, commands), 'kymo --help');
  }
  try {
    return await command.run({ ...invocation, args: rest });
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    return wrongUse(complain, messageOf(thrown), `kymo ${name} --help`);
  }
}

function wrongUse(complain: (text: string) => void, message: string, hint: string): number {
  complain(`kymo: ${message}\nRun \`${hint}\` for how it is used.\n`);
  return EXIT_WRONG_USE;
}

function unknownCommand(name: string, commands: readonly Command[]): string {
  if (name.startsWith('-')) return `a command is expected before ${name}`;
  const meant = nearest(
    name,
    commands.map((command) => command.name),
  );
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `there is no command "${name}"${hint}`;
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: kymo <command> [arguments]',
    '',
    ...lines,
    '',
    'Run `kymo <command> --help` for its arguments, `kymo --version` for the version.',
    '',
  ].join('\n');
}

function help({ usage, summary, details }: Command): string {
  const [first, ...others] = usage;
  const lines = [`Usage: ${first}`, ...others.map((line) => `       ${line}`), '', summary];
  return [...lines, ...(details === undefined ? [] : ['', details()]), ''].join('\n');
}
