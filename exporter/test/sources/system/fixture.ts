import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

// In memory where that is possible: the trees are many small files.
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A host's /proc, /sys and root, unpacked into a folder of its own. */
export interface Fixture {
  readonly procfs: string;
  readonly sysfs: string;
  readonly rootfs: string;
  /** Writes one more file, or another content. */
  write(file: string, content: string): void;
  read(file: string): string;
  remove(file: string): void;
}

/**
 * Unpacks `testdata/<name>.tree`: `==> path` begins a file, `==> path -> target` a symbolic link;
 * the lines up to the next are the content. Paths begin with proc/, sys/ or root/.
 * @param folders beginnings of the paths that are wanted, which spares time
 */
export function unpack(name: string, folders: readonly string[] = ['']): Fixture {
  const text = readFileSync(
    fileURLToPath(new URL(`testdata/${name}.tree`, import.meta.url)),
    'utf8',
  );
  const fixture = emptyFixture();
  for (const section of text.split(/^==> /m).slice(1)) {
    const newline = section.indexOf('\n');
    const [file, target] = section.slice(0, newline).split(' -> ');
    if (!folders.some((folder) => file.startsWith(folder))) continue;
    if (target === undefined) fixture.write(file, section.slice(newline + 1));
    else link(path.join(path.dirname(fixture.procfs), file), target);
  }
  return fixture;
}

/** A host without any file. */
export function emptyFixture(): Fixture {
  const folder = mkdtempSync(path.join(FOLDER, 'kymo-host-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['proc', 'sys', 'root']) mkdirSync(path.join(folder, part));
  return {
    procfs: path.join(folder, 'proc'),
    sysfs: path.join(folder, 'sys'),
    rootfs: path.join(folder, 'root'),
    write: (file, content) => {
      const full = path.join(folder, file);
      mkdirSync(path.dirname(full), { recursive: true });
      writeFileSync(full, content);
    },
    read: (file) => readFileSync(path.join(folder, file), 'utf8'),
    remove: (file) => rmSync(path.join(folder, file), { recursive: true }),
  };
}

function link(file: string, target: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  symlinkSync(target, file);
}
