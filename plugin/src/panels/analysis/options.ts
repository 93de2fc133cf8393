/** What is set of the panel. */
export interface AnalysisOptions {
  /** The figures above the curve. */
  readonly figures: boolean;
  /** The period before, dashed. */
  readonly previous: boolean;
  readonly band: boolean;
  readonly forecast: boolean;
  /** What stands out, at the side or below. */
  readonly findings: boolean;
}

export const DEFAULTS: AnalysisOptions = {
  figures: true,
  previous: true,
  band: true,
  forecast: true,
  findings: true,
};
