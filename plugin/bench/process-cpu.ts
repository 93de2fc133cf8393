import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: /proc/<pid>/stat counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Seconds that all processes that this one has started, and still live, have been on a processor. */
export function cpuOfChildren(): number {
  return childrenOf(process.pid).reduce((sum, child) => sum + cpuOf(child), 0);
}

function cpuOf(pid: number): number {
  let own: number;
  let children: number[];
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    children = childrenOf(pid);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
  return children.reduce((sum, child) => sum + cpuOf(child), own);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  );
}
