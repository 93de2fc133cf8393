/**
 * An error whose message says what is wrong, where, and what to do.
 * Anything else that is thrown is a fault of the program.
 */
export class KymoError extends Error {
  /** Stable, in snake case; tests and callers compare it, never the message. */
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The message of whatever was thrown, for logs and answers. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
