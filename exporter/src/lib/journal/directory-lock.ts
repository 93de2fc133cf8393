import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { KymoError, messageOf } from '../errors.js';
import { makeFolder } from '../make-folder.js';

const LOCK_FILE = 'lock';

/**
 * Keeps a second process, or a second owner in this one, from writing to a directory. The lock of a
 * process that is gone (kill −9) is taken over. It does not reach across hosts or containers that
 * share a directory.
 */
export class DirectoryLock {
  readonly #file: string;
  readonly #text: string;

  private constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /**
   * Makes the directory where it is missing.
   * @throws KymoError `directory_locked`, `directory_unusable`
   */
  static acquire(directory: string): DirectoryLock {
    const file = path.join(directory, LOCK_FILE);
    const text = `${process.pid} ${startOf(process.pid) ?? '-'} ${randomUUID()}\n`;
    const own = `${file}.${process.pid}.${randomUUID()}`;
    try {
      makeFolder(directory);
      writeFileSync(own, text);
    } catch (thrown) {
      const why = messageOf(thrown);
      const message = `${directory} cannot be written to (${why}); name another folder with data_dir`;
      throw new KymoError('directory_unusable', message, { cause: thrown });
    }
    try {
      // A link comes into being with its content, unlike a file that is opened and then written.
      if (!tryLink(own, file)) {
        removeStale(file, directory);
        if (!tryLink(own, file)) throw locked(directory, read(file) ?? '');
      }
    } finally {
      rmSync(own, { force: true });
    }
    return new DirectoryLock(file, text);
  }

  release(): void {
    if (read(this.#file) === this.#text) rmSync(this.#file, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

function removeStale(file: string, directory: string): void {
  const text = read(file);
  if (text === undefined) return;
  if (isHeld(text)) throw locked(directory, text);
  const aside = `${file}.stale.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // Somebody else was quicker.
  }
  // Between reading and renaming another process may have taken the lock: give it back.
  const moved = read(aside);
  if (moved !== text) tryLink(aside, file);
  rmSync(aside, { force: true });
  if (moved !== text) throw locked(directory, moved ?? '');
}

function isHeld(text: string): boolean {
  const [pid, start] = text.trim().split(' ');
  const number = Number(pid);
  if (!Number.isSafeInteger(number) || number <= 0) return false;
  try {
    process.kill(number, 0);
  } catch (thrown) {
    // EPERM: it lives, under another user.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(number);
  return now === undefined || start === '-' || now === start;
}

/** When a process started, in clock ticks since boot: a number that is used again is told apart. */
function startOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name in parentheses may contain spaces; the start is field 22.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function locked(directory: string, text: string): KymoError {
  const pid = text.split(' ')[0];
  return new KymoError(
    'directory_locked',
    `${directory} is in use by process ${pid}; stop that, or choose another data_dir`,
  );
}
