import type { ErrorType } from '@kymo/contract';

export interface Notes {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** The envelope of an answer; `data` is JSON. */
export function success(data: string, { warnings, infos }: Notes = NO_NOTES): string {
  let json = `{"status":"success","data":${data}`;
  if (warnings.length > 0) json += `,"warnings":${JSON.stringify(some(warnings, 'warning'))}`;
  if (infos.length > 0) json += `,"infos":${JSON.stringify(some(infos, 'info'))}`;
  return json + '}';
}

/** As many as Prometheus tells in one answer. */
const MOST_NOTES = 10;

function some(notes: readonly string[], kind: 'warning' | 'info'): readonly string[] {
  const more = notes.length - MOST_NOTES;
  if (more <= 0) return notes;
  return [...notes.slice(0, MOST_NOTES), `${more} more ${kind} annotations omitted`];
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
