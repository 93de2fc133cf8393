import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder and those it lies in, where they are missing. Node's own recursive way never ends
 * where a folder cannot be made although its parent is there, as below /proc.
 * @throws the error of the first folder that cannot be made
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let at = path.resolve(folder);
  while (!existsSync(at)) {
    missing.push(at);
    at = path.dirname(at);
  }
  for (const one of missing.reverse()) {
    try {
      mkdirSync(one);
    } catch (thrown) {
      // Somebody else was faster.
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
  }
}
