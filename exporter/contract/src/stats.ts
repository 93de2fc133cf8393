import { z } from 'zod';

const counts = z.record(z.string(), z.number());

/** Answer of `GET /api/stats`. */
export const Stats = z.object({
  /** Seconds since the start. */
  uptime: z.number(),
  tick: z.object({
    /** Milliseconds. */
    interval: z.number(),
    /** Number of the last tick on the grid; 0 before the first. */
    number: z.number(),
    /** Ticks run. */
    count: z.number(),
    /** Grid times without a tick of their own. */
    late: z.number(),
    clockSetBack: z.number(),
  }),
  series: z.object({ count: z.number(), limit: z.number() }),
  /** Bytes that samples take, and may take. */
  memory: z.object({ used: z.number(), budget: z.number() }),
  /** Samples appended since the start, by source. */
  samples: counts,
  /** Samples dropped since the start, by reason. */
  dropped: counts,
  /** Requests refused since the start, by limit. */
  refused: counts,
  /** What is kept on disk; absent where nothing is. */
  history: z
    .object({
      /** Of all files. */
      bytes: z.number(),
      /** Bytes in memory until they become blocks. */
      pendingBytes: z.number(),
      /** Samples and buckets not kept since the start, because the disk took nothing for long. */
      dropped: z.number(),
    })
    .optional(),
});
export type Stats = z.infer<typeof Stats>;
