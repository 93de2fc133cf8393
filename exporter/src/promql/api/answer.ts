import { errorBody, type ErrorType } from '@kymo/contract';
import { KymoError } from '../../lib/errors.js';
import { statusOf } from './envelope.js';
import { operations, type OperationContext, type OperationName } from './operations.js';

/** A whole answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const ERROR_TYPES = new Set<string>([
  'bad_data',
  'timeout',
  'canceled',
  'execution',
  'unavailable',
  'not_found',
] satisfies ErrorType[]);

// Codes of errors in what a request says.
const BAD_DATA = new Set(['bad_regex', 'bad_duration']);

/** Runs one operation; whatever it throws on account of the request becomes an answer. */
export function answer(operation: OperationName, context: OperationContext): ApiAnswer {
  try {
    return { status: 200, ...operations[operation](context) };
  } catch (thrown) {
    return errorAnswer(thrown);
  }
}

/**
 * The answer that tells an error.
 * @throws what is a fault of the program and not of a request
 */
export function errorAnswer(thrown: unknown): ApiAnswer {
  if (!(thrown instanceof KymoError)) throw thrown;
  const errorType = errorTypeOf(thrown.code);
  if (errorType === undefined) throw thrown;
  return {
    status: statusOf(errorType),
    contentType: 'application/json',
    body: JSON.stringify(errorBody(errorType, thrown.message)),
  };
}

function errorTypeOf(code: string): ErrorType | undefined {
  if (BAD_DATA.has(code)) return 'bad_data';
  return ERROR_TYPES.has(code) ? (code as ErrorType) : undefined;
}
