import { z } from 'zod';

/** Version of the live protocol, told in the hello. It changes when old clients would break. */
export const LIVE_VERSION = 1;

/** Most characters of an expression that is subscribed to. */
export const MAX_LIVE_EXPRESSION = 10_000;

/** A name that the client gives a subscription: a text of at most 128 characters, or a whole number. */
export const LiveId = z.union([z.string().min(1).max(128), z.int()]);
export type LiveId = z.infer<typeof LiveId>;

/**
 * The last frame a client has, after which the answer begins: by epoch and sequence number, or by its
 * time in Unix milliseconds.
 */
export const LivePosition = z.union([
  z.strictObject({ epoch: z.string().min(1).max(64), seq: z.int().nonnegative() }),
  z.number().nonnegative(),
]);
export type LivePosition = z.infer<typeof LivePosition>;

/** Streams beside expressions: transitions of alerts, and events of the exporter itself. */
export const LiveStream = z.enum(['alerts', 'events']);
export type LiveStream = z.infer<typeof LiveStream>;

const SubscribeExpression = z.strictObject({
  type: z.literal('subscribe'),
  id: LiveId,
  /** A PromQL expression that yields a scalar or an instant vector. */
  expr: z.string().min(1).max(MAX_LIVE_EXPRESSION),
  /** Milliseconds between frames, a multiple of the tick. */
  interval: z.int().positive(),
  from: LivePosition.optional(),
});

const SubscribeStream = z.strictObject({
  type: z.literal('subscribe'),
  id: LiveId,
  stream: LiveStream,
  /** Of no effect: what happens is told at the next tick. */
  interval: z.int().positive().optional(),
  from: LivePosition.optional(),
});

const Unsubscribe = z.strictObject({ type: z.literal('unsubscribe'), id: LiveId });
const Ping = z.strictObject({ type: z.literal('ping') });

export type LiveSubscribe = z.infer<typeof SubscribeExpression> | z.infer<typeof SubscribeStream>;
export type LiveClientMessage = LiveSubscribe | z.infer<typeof Unsubscribe> | z.infer<typeof Ping>;

/** Codes of `error` messages. The list is closed; docs/live-protocol.md says what each means. */
export const LIVE_ERROR_CODES = [
  'bad_json',
  'bad_message',
  'unknown_type',
  'bad_expression',
  'bad_interval',
  'too_far_back',
  'duplicate_id',
  'unknown_id',
  'too_many_subscriptions',
  'too_many_topics',
  'too_many_messages',
  'evaluation_failed',
  'overloaded',
] as const;
export type LiveErrorCode = (typeof LIVE_ERROR_CODES)[number];

/** Why the server closes a connection, beside the codes of RFC 6455 that docs/live-protocol.md lists. */
export const LIVE_CLOSE_CODES = {
  /** The server shuts down: connect again after a while. */
  goingAway: 1001,
  /** A binary message. */
  unsupported: 1003,
  /** A message larger than the limit. */
  tooBig: 1009,
  /** As many clients as the server takes: try again later. */
  tryAgainLater: 1013,
  /** Nothing was subscribed to for too long. */
  idle: 4000,
  /** More messages a second than the limit. */
  tooManyMessages: 4001,
  /** Nothing that was sent has been read for too long. */
  tooSlow: 4002,
} as const;

export interface LiveError {
  readonly id?: LiveId;
  readonly code: LiveErrorCode;
  readonly message: string;
}

export type ParsedLiveMessage =
  | { readonly ok: true; readonly message: LiveClientMessage }
  | { readonly ok: false; readonly error: LiveError };

/** Reads what a client sent; never throws. An error carries the id where there is a usable one. */
export function parseLiveClientMessage(text: string): ParsedLiveMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('bad_json', 'a message must be a JSON text');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('bad_message', 'a message must be a JSON object');
  }
  const id = LiveId.safeParse('id' in value ? value.id : undefined).data;
  const type = 'type' in value ? value.type : undefined;
  const schema = schemaOf(type, value);
  if (schema === undefined) {
    const known = 'a client sends subscribe, unsubscribe and ping';
    return refuse('unknown_type', `${quote(type)} is not a type of message; ${known}`, id);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, message: parsed.data };
  const [issue] = parsed.error.issues;
  const place = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return refuse('bad_message', `${place}${issue.message}`, id);
}

function schemaOf(type: unknown, value: object): z.ZodType<LiveClientMessage> | undefined {
  switch (type) {
    case 'subscribe':
      return 'stream' in value ? SubscribeStream : SubscribeExpression;
    case 'unsubscribe':
      return Unsubscribe;
    case 'ping':
      return Ping;
    default:
      return undefined;
  }
}

function refuse(code: LiveErrorCode, message: string, id?: LiveId): ParsedLiveMessage {
  return { ok: false, error: id === undefined ? { code, message } : { id, code, message } };
}

function quote(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value).slice(0, 50);
}
