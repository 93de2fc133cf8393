import { KymoError } from '../lib/errors.js';
import type { Span } from './ast.js';

/** Line and column of an offset, both from 1, as `1:5`. */
export function positionIn(text: string, offset: number): string {
  const before = text.slice(0, Math.max(0, offset));
  const line = before.split('\n').length;
  return `${line}:${before.length - before.lastIndexOf('\n')}`;
}

/** An expression that does not parse or whose types do not fit. Code `bad_data`. */
export class ParseError extends KymoError {
  readonly span: Span;
  /** The message without its position. */
  readonly reason: string;

  constructor(text: string, span: Span, reason: string, options?: { cause?: unknown }) {
    super('bad_data', `${positionIn(text, span.start)}: parse error: ${reason}`, options);
    this.span = span;
    this.reason = reason;
  }
}

/** Parameters of an evaluation that make no sense. Code `bad_data`. */
export class BadRequestError extends KymoError {
  constructor(message: string) {
    super('bad_data', message);
  }
}

/** An expression that cannot be evaluated over the data there is. Code `execution`. */
export class ExecutionError extends KymoError {
  constructor(message: string) {
    super('execution', message);
  }
}

/** More samples than the query may touch or hold. Code `execution`, as in Prometheus. */
export class TooManySamplesError extends KymoError {
  constructor(message: string) {
    super('execution', message);
  }
}

/** The deadline passed. Code `timeout`. */
export class QueryTimeoutError extends KymoError {
  constructor() {
    super('timeout', 'query timed out in expression evaluation');
  }
}

/** The caller no longer wants the answer. Code `canceled`. */
export class QueryCanceledError extends KymoError {
  constructor() {
    super('canceled', 'query was canceled in expression evaluation');
  }
}
