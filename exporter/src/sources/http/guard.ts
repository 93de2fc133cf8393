/**
 * Makes an observer whose faults do no harm to what it observes: it passes them on to where they are
 * reported.
 */
export type Guard = <Seen>(observe: (seen: Seen) => void) => (seen: Seen) => void;
