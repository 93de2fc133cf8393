const SECRET_KEY =
  /authorization|cookie|passw(or)?d|passphrase|token|secret|api[-_]?key|credential/i;
const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi;
const MAX_DEPTH = 6;

/** What stands in place of a secret. */
export const MASK = '********';

/** Takes the user and password out of every URL in a text. */
function redactText(text: string): string {
  return text.includes('@') ? text.replace(USER_INFO, `$1${MASK}@`) : text;
}

/**
 * A copy that may be logged: values under keys that name a secret (authorization, cookie, password,
 * token, secret, API key) and the user part of URLs are masked at any depth; errors become plain
 * objects with type, code, message, stack and cause.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  const entries: Iterable<[unknown, unknown]> =
    value instanceof Map ? value.entries() : Object.entries(value);
  const copy: Record<string, unknown> = {};
  for (const [key, item] of entries) {
    const name = String(key);
    copy[name] = SECRET_KEY.test(name) && item !== undefined ? MASK : redact(item, depth + 1);
  }
  return copy;
}

function redactError(error: Error, depth: number): unknown {
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: redactText(error.message),
    stack: error.stack === undefined ? undefined : redactText(error.stack),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}
