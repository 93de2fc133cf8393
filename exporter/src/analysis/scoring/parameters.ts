/**
 * The one set of parameters, for every series at every interval. Why each has its value, and how it
 * was measured: docs/anomalies.md.
 */
export const parameters = {
  /** Points before a score may pass the boundary. */
  warmUp: 240,
  /** Points before anything is taken for evidence. */
  settle: 8,
  /** Evidence that makes a score of 1 once 1000 points were seen, in decades of rarity. */
  boundary: 2.4,
  /** What each tenfold of points seen adds to it: a longer past has seen rarer things by chance. */
  boundaryPerDecade: 0.3,
  /** Points below which the boundary falls no further. */
  boundaryFrom: 300,
  /** What each tenfold of points a second adds, from one in five minutes on: more are odd by chance. */
  boundaryPerRate: 0.5,
  /** Points at which a histogram is halved, and above which the boundary rises no further. */
  memory: 131_072,
  /** Largest numbers of a histogram to which its tail is fitted: at least so many … */
  tailPoints: 10,
  /** … and at least this share of all. */
  tailShare: 0.01,
  /** Least mean excess of a tail, in bins; and that where only few numbers are not zero. */
  leastExcess: 0.5,
  sparseExcess: 2,
  /** No single detector gives more evidence than this. */
  evidenceLimit: 6,
  /** Share of a point's evidence that is its plain sum rather than how rare such a sum is … */
  plainShare: 0.6,
  /** … and by what the sum is divided to be comparable. */
  plainScale: 6,
  /** How much counts of what the surest detector has beyond so much evidence. */
  loneShare: 0.3,
  loneFrom: 4,
  /** Share of the points seen for which an alarm keeps another one from being raised … */
  refractoryShare: 0.03,
  /** … within these numbers of points … */
  refractoryMin: 30,
  refractoryMax: 600,
  /** … unless it is so much stronger than that alarm. */
  refractoryBoost: 1.5,
  /** Milliseconds for which a score stays above the boundary while the evidence lasts. */
  hold: 5_000,
  /** Each alarm before it divides that by so much more than 1, down to these milliseconds … */
  crowdHold: 2,
  holdLeast: 2_000,
  /** … and raises what is needed with the square of their number; each fades in so many milliseconds. */
  crowd: 0.2,
  crowdTime: 900_000,
  /** Ranges of all normal values by which one lies outside them that is not crowded out … */
  far: 3,
  /** … and the most milliseconds it waits after an alarm, where points come at `faultInterval` or faster. */
  farRefractory: 120_000,
  /** Evidence with which an episode begins, after so many points, and that with which it goes on. */
  episodeFrom: 30,
  episodeBegin: 2.2,
  episodeEnd: 1.6,
  /** Points of an episode after which what is odd is the new normal. */
  episodeLength: 600,
  /** What a point of an episode counts in the histograms. */
  episodeWeight: 0.05,
  /** The same for the warm-up, where little is known: there even the averages learn less. */
  earlyLength: 120,
  earlyWeight: 0,
  earlyAverages: 0.05,
  /** Milliseconds up to which an episode is a fault, where points come at least this often. */
  faultTime: 1_800_000,
  faultInterval: 60_000,
  /** What its first point counts in the histograms, and others of its first milliseconds; then none. */
  faultFirst: 0.5,
  faultOnset: 0.05,
  faultOnsetTime: 3_000,
  /** A fault has jumped where a detector of the value alone finds so much within the first points … */
  jumpEvidence: 3.5,
  jumpWithin: 15,
  /** … and ends when they have found less than this for so many points. */
  calmEvidence: 1.5,
  calmPoints: 3,
  /** What a point of one that crept in counts in the averages, and in the histograms. */
  creepAverages: 0.3,
  creepWeight: 0.01,
};
