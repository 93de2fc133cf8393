import { z } from 'zod';

/** Body of `POST /api/alerts/<fingerprint>/acknowledge`. */
export const AcknowledgeRequest = z.strictObject({
  /**
   * Who has seen the alert. Through a Grafana that is trusted it is the user who is signed in, whatever
   * stands here; elsewhere it must be said.
   */
  by: z.string().trim().min(1).optional(),
  comment: z.string().default(''),
  /** When it ends: RFC 3339 or Unix seconds; when the alert resolves by default. */
  until: z.union([z.string(), z.number()]).optional(),
});
export type AcknowledgeRequest = z.infer<typeof AcknowledgeRequest>;

/** What an alert's label `severity` may be, the least first. */
export const AlertSeverity = z.enum(['info', 'warning', 'error', 'critical', 'emergency']);

/** Answer of `GET /api/alerts/summary`: how many alerts there are of each kind. */
export const AlertSummaryAnswer = z.object({
  /** As many as `GET /api/alerts` lists, with those resolved within the last 15 minutes. */
  total: z.number(),
  /** One for every kind of which there is any. */
  counts: z.array(
    z.object({
      /** `inactive`: resolved within the last 15 minutes. */
      state: z.enum(['inactive', 'pending', 'firing', 'recovering']),
      /** `null` where the label is missing or anything else. */
      severity: AlertSeverity.nullable(),
      acknowledged: z.boolean(),
      count: z.number(),
    }),
  ),
});
export type AlertSummaryAnswer = z.infer<typeof AlertSummaryAnswer>;
