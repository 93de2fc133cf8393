import { z } from 'zod';

/** Body of `POST /api/alerts/<fingerprint>/acknowledge`. */
export const AcknowledgeRequest = z.strictObject({
  /** Who has seen the alert. */
  by: z.string().trim().min(1),
  comment: z.string().default(''),
  /** When it ends: RFC 3339 or Unix seconds; when the alert resolves by default. */
  until: z.union([z.string(), z.number()]).optional(),
});
export type AcknowledgeRequest = z.infer<typeof AcknowledgeRequest>;
