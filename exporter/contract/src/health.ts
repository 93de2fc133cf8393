import { z } from 'zod';

/** How one source's last collection went. */
export const SourceHealth = z.object({
  name: z.string(),
  /** `silent`: this host has nothing to tell, which is no failure. */
  status: z.enum(['starting', 'ok', 'silent', 'failed']),
  /** Seconds. */
  duration: z.number(),
  /** Collections that failed since the start. */
  failures: z.number(),
  /** Message of the last failure; it stays after the source has recovered. */
  error: z.string().optional(),
  /** Unix milliseconds of the last failure. */
  errorTime: z.number().optional(),
});
export type SourceHealth = z.infer<typeof SourceHealth>;

/** Answer of `GET /api/health`. */
export const Health = z.object({
  /** `degraded`: it works, but a source or a rule fails, a rule file is wrong, or history is not written. */
  status: z.enum(['starting', 'ok', 'degraded', 'draining']),
  version: z.string(),
  sources: z.array(SourceHealth),
  /** Why history is not written; absent where it is, or where none is kept. */
  history: z.object({ error: z.string() }).optional(),
  /** What is wrong with a rule file or a rule; absent where nothing is. */
  rules: z.object({ error: z.string() }).optional(),
});
export type Health = z.infer<typeof Health>;
