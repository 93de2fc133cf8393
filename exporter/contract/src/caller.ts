import { z } from 'zod';

/** Answer of `GET /api/caller`: who the exporter takes the caller for. */
export const CallerAnswer = z.object({
  /** Verified by Grafana's signature; `null` on the exporter's own machine, and where `mayWrite` is not. */
  name: z.string().nullable(),
  /** In Grafana. */
  role: z.string().nullable(),
  /** Whether changes such as acknowledgements are taken. */
  mayWrite: z.boolean(),
  /** Why they are not, and what to do. */
  reason: z.string().nullable(),
});
export type CallerAnswer = z.infer<typeof CallerAnswer>;
