/**
 * The error types of the Prometheus HTTP API, which every JSON error of the exporter uses.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/ and Prometheus web/api/v1.
 */
export type ErrorType =
  | 'bad_data'
  | 'timeout'
  | 'canceled'
  | 'execution'
  | 'internal'
  | 'unavailable'
  | 'not_found'
  | 'not_acceptable'
  | 'forbidden'
  | 'unauthorized'
  | 'too_many_requests';

/** Body of every error answer: never a stack trace, and `error` says what to do. */
export interface ErrorBody {
  status: 'error';
  errorType: ErrorType;
  error: string;
}

/** Builds the body of an error answer. */
export function errorBody(errorType: ErrorType, error: string): ErrorBody {
  return { status: 'error', errorType, error };
}
