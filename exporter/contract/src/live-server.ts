import { z } from 'zod';
import { LIVE_ERROR_CODES, LiveId } from './live.js';

/** What one value of a frame is of. */
export const LiveColumn = z.object({
  labels: z.record(z.string(), z.string()),
  /** As in OpenMetrics; `unknown` for what an expression computes. */
  type: z.string(),
  /** Base unit, `''` where none is known. */
  unit: z.string(),
});
export type LiveColumn = z.infer<typeof LiveColumn>;

/** An exponential histogram, as in Prometheus's HTTP API: numbers as texts. */
const LiveHistogram = z.object({
  count: z.string(),
  sum: z.string(),
  /** Rule of the bounds, lower bound, upper bound, count. */
  buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).optional(),
});

/** A number; `null` where the series has no sample; a text where JSON has no number. */
const LiveValue = z.union([z.number(), z.null(), z.enum(['NaN', '+Inf', '-Inf']), LiveHistogram]);
export type LiveValue = z.infer<typeof LiveValue>;

const frame = {
  type: z.literal('frame'),
  topic: z.string(),
  epoch: z.string(),
  /** Number of the tick on the grid. */
  seq: z.number(),
  /** Unix milliseconds, on the grid. */
  time: z.number(),
};

/** What the server sends; one of these, or several of them in an array. */
export const LiveServerMessage = z.union([
  /** Of a stream, which has no schema: what has happened since its last frame. */
  z.object({
    ...frame,
    schema: z.literal(0),
    values: z.array(z.record(z.string(), z.unknown())),
  }),
  /** Of an expression: a value for each column of the schema. */
  z.object({ ...frame, schema: z.number().positive(), values: z.array(LiveValue) }),
  z.object({
    type: z.literal('schema'),
    topic: z.string(),
    version: z.number(),
    columns: z.array(LiveColumn),
  }),
  z.object({
    type: z.literal('gap'),
    topic: z.string(),
    /** Frames; of a stream, events, as far as they are known. */
    missed: z.number(),
    /** Sequence numbers of the first and the last that is missed. */
    from: z.number(),
    to: z.number(),
  }),
  z.object({
    type: z.literal('hello'),
    version: z.number(),
    epoch: z.string(),
    /** Unix milliseconds by the server's clock. */
    time: z.number(),
    /** Milliseconds. */
    tick: z.number(),
  }),
  z.object({ type: z.literal('subscribed'), id: LiveId, topic: z.string() }),
  z.object({
    type: z.literal('error'),
    id: LiveId.optional(),
    topic: z.string().optional(),
    code: z.enum(LIVE_ERROR_CODES),
    message: z.string(),
  }),
  z.object({ type: z.literal('pong') }),
]);
export type LiveServerMessage = z.infer<typeof LiveServerMessage>;

/**
 * The messages of one WebSocket message.
 * @throws SyntaxError or ZodError for what no server of this protocol sends
 */
export function parseLiveServerMessages(text: string): LiveServerMessage[] {
  const value: unknown = JSON.parse(text);
  return z.array(LiveServerMessage).parse(Array.isArray(value) ? value : [value]);
}
