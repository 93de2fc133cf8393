/**
 * Status codes of gRPC by number (grpc/grpc, doc/statuscodes.md).
 */
const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export const CANCELLED = 1;
export const UNKNOWN = 2;
export const DEADLINE_EXCEEDED = 4;
export const UNIMPLEMENTED = 12;

/** The statuses that OpenTelemetry's RPC conventions count as errors of the server. */
const SERVER_ERRORS: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15]);

/** @param status below 0 where there is none */
export function isServerError(status: number): boolean {
  return status > 0 && SERVER_ERRORS.has(status);
}

export function statusName(status: number): string {
  return STATUS_NAMES[status] ?? String(status);
}

/**
 * Whether a content type is gRPC's: `application/grpc`, also with `+proto`, `+json` and parameters.
 * gRPC-Web is not: it is carried by ordinary HTTP exchanges, and its status is in their bodies.
 */
export function isGrpc(contentType: unknown): boolean {
  if (typeof contentType !== 'string' || !contentType.startsWith('application/grpc')) return false;
  const next = contentType.charAt('application/grpc'.length);
  return next === '' || next === '+' || next === ';';
}

/** The status in a `grpc-status` header; `UNKNOWN` for what is none. */
export function parseStatus(value: unknown): number {
  const status = Number(value);
  return Number.isInteger(status) && status >= 0 && status < STATUS_NAMES.length ? status : UNKNOWN;
}

const UNITS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** The milliseconds of a `grpc-timeout` header, undefined where there is none. */
export function parseTimeout(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const factor = UNITS[value.slice(-1)] as number | undefined;
  const digits = value.slice(0, -1);
  return factor === undefined || !/^\d{1,8}$/.test(digits) ? undefined : Number(digits) * factor;
}

export interface RpcName {
  readonly service: string;
  readonly method: string;
}

/** Takes `/package.Service/Method` apart; undefined where the path is of another form. */
export function parseMethodPath(path: string): RpcName | undefined {
  const slash = path.indexOf('/', 1);
  if (path.charAt(0) !== '/' || slash < 2 || slash === path.length - 1) return undefined;
  const method = path.slice(slash + 1);
  return method.includes('/') ? undefined : { service: path.slice(1, slash), method };
}
