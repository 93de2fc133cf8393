import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DirectoryLock } from '../../lib/journal/directory-lock.js';
import { newer } from './block-format.js';

const VERSION = 1;
const VERSION_FILE = 'version';

/**
 * Takes the directory of a store for this process, and makes it where it is missing.
 * @throws KymoError `directory_locked`, `directory_unusable`; `history_newer`, and then nothing is changed
 */
export function takeDirectory(directory: string): DirectoryLock {
  const lock = DirectoryLock.acquire(directory);
  try {
    checkVersion(path.join(directory, VERSION_FILE));
    return lock;
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

function checkVersion(file: string): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    writeFileSync(file, `${VERSION}\n`);
    return;
  }
  // A crash may have left it empty; blocks and logs carry their versions themselves.
  const version = text.trim() === '' ? VERSION : Number(text);
  if (!(version <= VERSION)) throw newer(file, version, VERSION);
}
