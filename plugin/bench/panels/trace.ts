/** What a page's thread did from one mark to the next; milliseconds. */
export interface Turn {
  /** On the clock, all tasks together. */
  readonly duration: number;
  /** On a processor. */
  readonly cpu: number;
  /** On the clock, the longest task. */
  readonly longest: number;
  /** On a processor, the longest task. */
  readonly longestCpu: number;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** The tasks of the thread that sets a mark, from each mark to the next, in a trace of Chromium. */
export function turnsOf(trace: string, mark: string): Turn[] {
  const { traceEvents: events } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const marks = events.filter(({ name }) => name === mark).sort((a, b) => a.ts - b.ts);
  const [first] = marks;
  if (first === undefined) throw new Error(`the trace has no mark ${mark}`);
  const tasks = events
    .filter(({ name, pid, tid }) => name === 'RunTask' && pid === first.pid && tid === first.tid)
    .sort((a, b) => a.ts - b.ts);
  // A mark is set within a task: what belongs to it begins with that one.
  const starts = marks.map(({ ts }) => tasks.findLast((task) => task.ts <= ts)?.ts ?? ts);
  return starts.slice(0, -1).map((start, at) => {
    const own = tasks.filter(({ ts }) => ts >= start && ts < starts[at + 1]);
    const durations = own.map(({ dur = 0 }) => dur / 1000);
    const cpu = own.map(({ tdur = 0 }) => tdur / 1000);
    return {
      duration: sumOf(durations),
      cpu: sumOf(cpu),
      longest: Math.max(0, ...durations),
      longestCpu: Math.max(0, ...cpu),
    };
  });
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);
