import { z } from 'zod';

/** Answer of `GET /api/caller`: who the exporter takes the caller for. */
export const CallerAnswer = z.object({
  /** Verified by Grafana's signature; `null` on the exporter's own machine, and where nothing was verified. */
  name: z.string().nullable(),
  /** In Grafana. */
  role: z.string().nullable(),
  /** Whether changes such as acknowledgements are taken. */
  mayWrite: z.boolean(),
  /**
   * What they are refused for: `role`, known and neither Editor nor Admin; `secret`, the datasource sends none
   * or a wrong one, or the exporter has none, so that it was not looked at who asks; `identity`, who asks
   * cannot be verified; `unavailable`, not now; `write`, neither this machine nor a Grafana asks. `null` where
   * they are taken.
   */
  refusal: z.enum(['role', 'secret', 'identity', 'unavailable', 'write']).nullable(),
  /** Why they are not taken. */
  reason: z.string().nullable(),
  /** What to do about it; `null` where the reason says it. */
  remedy: z.string().nullable(),
});
export type CallerAnswer = z.infer<typeof CallerAnswer>;
