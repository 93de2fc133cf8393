import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** USER_HZ: /proc/<pid>/stat counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Percent of a core that a process and all below it take for some seconds. */
export async function cpuWhile(pid: number, seconds: number): Promise<number> {
  const [before, began] = [cpuOf(pid), performance.now()];
  await setTimeout(seconds * 1000);
  return ((cpuOf(pid) - before) / ((performance.now() - began) / 1000)) * 100;
}

/** Seconds that a process, and what it has started and still lives, have been on a processor. */
function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    return childrenOf(pid).reduce((sum, child) => sum + cpuOf(child), own);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  );
}
