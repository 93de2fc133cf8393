import { z } from 'zod';

/** Body of `POST /api/simulate`. */
export const SimulateRequest = z.strictObject({
  /** Name of a fault; `GET /api/simulate` lists them. */
  fault: z.string(),
  /** How long, with a unit: `30s`. */
  duration: z.string(),
});
export type SimulateRequest = z.infer<typeof SimulateRequest>;

export interface FaultDescription {
  readonly name: string;
  readonly description: string;
}

export interface ActiveFault {
  readonly name: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Unix milliseconds. */
  readonly endsAt: number;
}
