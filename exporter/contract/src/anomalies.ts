import { z } from 'zod';

const column = z.array(z.number().nullable());

/** A stretch of points whose scores are at or above 1. Times are Unix seconds. */
const AnomalyAnswer = z.object({
  start: z.number(),
  end: z.number(),
  /** Of the point with the greatest score, as all that follows. */
  time: z.number(),
  score: z.number(),
  value: z.number(),
  expected: z.number(),
  lower: z.number(),
  upper: z.number(),
  confidence: z.number(),
  /** Detectors that found something there, the strongest first; evidence in decades of rarity. */
  votes: z.array(z.object({ detector: z.string(), finds: z.string(), evidence: z.number() })),
});
export type AnomalyAnswer = z.infer<typeof AnomalyAnswer>;

/** A series of the answer of `/api/metrics/anomalies`: columns of one length, `null` for what is unknown. */
const ScoredSeries = z.object({
  metric: z.record(z.string(), z.string()),
  /** Unix seconds. */
  times: z.array(z.number()),
  values: column,
  /** 0 is normal, 1 the boundary. */
  scores: column,
  confidence: column,
  expected: column,
  lower: column,
  upper: column,
  /** Points at the start for which too little was seen for a score of 1. */
  warmUp: z.number(),
  anomalies: z.array(AnomalyAnswer),
});
export type ScoredSeries = z.infer<typeof ScoredSeries>;

/** `data` of the answer of `/api/metrics/anomalies`. */
export const AnomaliesAnswer = z.object({ series: z.array(ScoredSeries) });
export type AnomaliesAnswer = z.infer<typeof AnomaliesAnswer>;
