import { autoregression } from './autoregression.js';
import { dampedHolt } from './damped-holt.js';
import { exponentialSmoothing } from './exponential-smoothing.js';
import { additiveHoltWinters, multiplicativeHoltWinters } from './holt-winters.js';
import { holt } from './holt.js';
import { linearRegression } from './linear-regression.js';
import type { ForecastMethod } from './method.js';
import { movingAverage } from './moving-average.js';
import { multiSeasonal } from './multi-seasonal.js';
import { longSeasonalNaive, seasonalNaive } from './seasonal-naive.js';
import { theta } from './theta.js';

/** Every method. A new one is a file and a line here. */
export const forecastMethods = [
  movingAverage,
  exponentialSmoothing,
  linearRegression,
  holt,
  dampedHolt,
  seasonalNaive,
  longSeasonalNaive,
  additiveHoltWinters,
  multiplicativeHoltWinters,
  theta,
  multiSeasonal,
  autoregression,
] as const satisfies readonly ForecastMethod[];
