import { errorBody, type ErrorType } from '@kymo/contract';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { KymoError, messageOf } from '../lib/errors.js';

/** An error with the HTTP status that it is answered with. */
export class HttpError extends KymoError {
  readonly status: number;
  readonly errorType: ErrorType;
  /** Sent along with the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    errorType: ErrorType,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(errorType, message);
    this.status = status;
    this.errorType = errorType;
    this.headers = headers;
  }
}

/** Answers whatever no route took. */
export const notFound: RequestHandler = (request, _response, next) => {
  next(
    new HttpError(404, 'not_found', `there is nothing at ${request.path}; / lists what there is`),
  );
};

/** A route's other methods. */
export function methodNotAllowed(...allowed: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const Allow = allowed.join(', ');
    const message = `${request.path} does not take ${request.method}; use ${Allow}`;
    next(new HttpError(405, 'bad_data', message, { Allow }));
  };
}

/**
 * Answers every error as JSON, without a stack trace. One that no route expected is told to
 * `onError` and answered without its message, which may say too much.
 */
export function answerErrors(onError: (thrown: unknown) => void): ErrorRequestHandler {
  return (thrown: unknown, _request, response, next) => {
    const error = expected(thrown);
    if (error === undefined) onError(thrown);
    if (response.headersSent) {
      // The answer cannot be taken back; cutting it short is all that tells the client.
      next(thrown);
      return;
    }
    const { status, errorType, message, headers } =
      error ?? new HttpError(500, 'internal', 'an internal error; the log of the exporter has it');
    response.status(status).set(headers).json(errorBody(errorType, message));
  };
}

function expected(thrown: unknown): HttpError | undefined {
  if (thrown instanceof HttpError) return thrown;
  // What express and its body parsers throw for a bad request.
  if (thrown instanceof Error && 'status' in thrown && 'expose' in thrown) {
    const { status } = thrown;
    if (status === 413) {
      const limit = 'limit' in thrown ? ` of ${String(thrown.limit)} bytes` : '';
      return new HttpError(
        413,
        'bad_data',
        `the body is larger than the limit${limit} (http.body_limit)`,
      );
    }
    if (thrown.expose === true && typeof status === 'number' && status >= 400 && status < 500) {
      return new HttpError(status, 'bad_data', `the body cannot be read: ${messageOf(thrown)}`);
    }
  }
  // A path that is no valid percent-encoding.
  if (thrown instanceof URIError) return new HttpError(400, 'bad_data', messageOf(thrown));
  return undefined;
}
