import { pearson } from './coefficients.js';

/** From here on two series are as good as one. */
const ALIKE = 0.98;

/** A series that may be one of several for the same events. */
export interface Candidate {
  /** Equal where series have the same labels beside their name. */
  readonly labels: string;
  readonly values: Float64Array;
}

/**
 * Groups series that have the same labels and move as one, such as the counts of two histograms of the same
 * requests. Each group is led by its first member; groups are in the order of these.
 */
export function groupTwins<Member extends Candidate>(members: readonly Member[]): Member[][] {
  const groups: Member[][] = [];
  for (const member of members) {
    const group = groups.find(([first]) => isTwin(first, member));
    if (group === undefined) groups.push([member]);
    else group.push(member);
  }
  return groups;
}

function isTwin(one: Candidate, other: Candidate): boolean {
  return one.labels === other.labels && Math.abs(pearson(one.values, other.values)) >= ALIKE;
}
