import { existsSync, readdirSync } from 'node:fs';
import { SystemFile } from './file.js';

/** Names in a folder, none where it cannot be read. */
export function listFolder(folder: string): string[] {
  try {
    // Asked first, as an error costs more.
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch {
    return [];
  }
}

/** As {@link SystemFile.attribute}, for what is not read again. */
export function readOnce(path: string): string | undefined {
  const file = new SystemFile(path);
  try {
    return file.attribute();
  } finally {
    file.close();
  }
}
