import { open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Makes names that were created or removed in a directory survive a power failure. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file so that after a crash there is the old one or the new one, never a part.
 * @param content a list is written one after the other
 */
export async function writeAtomically(
  file: string,
  content: Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const unfinished = `${file}.tmp`;
  const handle = await open(unfinished, 'w', 0o640);
  try {
    await writeFile(handle, content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
  await syncDirectory(path.dirname(file));
}
