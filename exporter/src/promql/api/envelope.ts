import type { ErrorType } from '@kymo/contract';

export interface Notes {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** The envelope of an answer; `data` is JSON. */
export function success(data: string, { warnings, infos }: Notes = NO_NOTES): string {
  let json = `{"status":"success","data":${data}`;
  if (warnings.length > 0) json += `,"warnings":${JSON.stringify(warnings)}`;
  if (infos.length > 0) json += `,"infos":${JSON.stringify(infos)}`;
  return json + '}';
}

const NO_NOTES: Notes = { warnings: [], infos: [] };

const STATUS: Readonly<Partial<Record<ErrorType, number>>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  canceled: 499,
  unavailable: 503,
  not_found: 404,
  not_acceptable: 406,
};

/** HTTP status of an error type, as Prometheus answers it. */
export function statusOf(errorType: ErrorType): number {
  return STATUS[errorType] ?? 500;
}
