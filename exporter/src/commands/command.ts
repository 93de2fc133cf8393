import { KymoError } from '../lib/errors.js';

/** How a command was called, and where its words go. */
export interface Invocation {
  /** What follows the command's name. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes to the standard output; the text ends with a line feed. */
  readonly print: (text: string) => void;
  /** Writes to the standard error output; the text ends with a line feed. */
  readonly complain: (text: string) => void;
}

/** A command of `kymo`. */
export interface Command {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Ways to call it, one a line. */
  readonly usage: readonly string[];
  /** What `--help` adds to that. */
  readonly details?: () => string;
  /**
   * Resolves with the exit code: 0 fine, 1 the thing failed, 2 wrong use.
   * @throws UsageError for wrong use
   */
  run(invocation: Invocation): Promise<number>;
}

export const EXIT_FINE = 0;
export const EXIT_FAILED = 1;
export const EXIT_WRONG_USE = 2;

/** A command was called in a way that it does not understand. */
export class UsageError extends KymoError {
  constructor(message: string) {
    super('wrong_use', message);
  }
}
