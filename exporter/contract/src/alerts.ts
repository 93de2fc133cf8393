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
