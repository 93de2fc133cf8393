import type { LiveServerMessage, LiveValue } from '@kymo/contract';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The messages of one WebSocket message, as `parseLiveServerMessages` of `@kymo/contract` reads them.
 * Frames are checked by hand here: they come many times a second to the thread that draws, and a schema
 * library would be most of this bundle.
 * @throws Error for what no server of this protocol sends
 */
export function decodeMessages(text: string): LiveServerMessage[] {
  const value: unknown = JSON.parse(text);
  return (Array.isArray(value) ? value : [value]).map(decodeMessage);
}

function decodeMessage(value: unknown): LiveServerMessage {
  if (!isObject(value)) throw new Error('a live message is not an object');
  const valid = typeof value.type === 'string' && checks[value.type]?.(value);
  if (valid !== true) throw new Error(`a live message of type ${String(value.type)} is malformed`);
  return value as unknown as LiveServerMessage;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isId = (value: unknown): boolean => isText(value) || Number.isInteger(value);
const optional = (value: unknown, check: (value: unknown) => boolean): boolean =>
  value === undefined || check(value);

const checks: Readonly<Record<string, ((message: Fields) => boolean) | undefined>> = {
  frame: ({ topic, epoch, seq, time, schema, values }) =>
    isText(topic) &&
    isText(epoch) &&
    isNumber(seq) &&
    isNumber(time) &&
    isNumber(schema) &&
    schema >= 0 &&
    Array.isArray(values) &&
    values.every(schema === 0 ? isObject : isValue),
  schema: ({ topic, version, columns }) =>
    isText(topic) && isNumber(version) && Array.isArray(columns) && columns.every(isColumn),
  gap: ({ topic, missed, from, to }) =>
    isText(topic) && isNumber(missed) && isNumber(from) && isNumber(to),
  hello: ({ version, epoch, time, tick }) =>
    isNumber(version) && isText(epoch) && isNumber(time) && isNumber(tick),
  subscribed: ({ id, topic }) => isId(id) && isText(topic),
  error: ({ id, topic, code, message }) =>
    optional(id, isId) && optional(topic, isText) && isText(code) && isText(message),
  pong: () => true,
};

function isColumn(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value.type) &&
    isText(value.unit) &&
    isObject(value.labels) &&
    Object.values(value.labels).every(isText)
  );
}

function isValue(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    value === null ||
    value === 'NaN' ||
    value === '+Inf' ||
    value === '-Inf' ||
    (isObject(value) && isText(value.count) && isText(value.sum))
  );
}

/** The number that a value of a frame stands for; `null` where there is none, as of a histogram. */
export function numberOf(value: LiveValue | undefined): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return parsePrometheusNumber(value);
  return null;
}

/** Reads a number as Prometheus writes it, with `NaN`, `+Inf` and `-Inf`. */
export function parsePrometheusNumber(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}
