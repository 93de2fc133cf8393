import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../src/lib/make-folder.js';

test('makes what is missing, and says what cannot be made', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-folder-'));
  try {
    const deep = path.join(folder, 'a', 'b', 'c');
    makeFolder(deep);
    makeFolder(deep);
    expect(statSync(deep).isDirectory()).toBe(true);
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(path.join(file, 'x'))).toThrow(/ENOTDIR|not a directory/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.runIf(process.platform === 'linux')('ends where the kernel lets nobody make anything', () => {
  expect(() => makeFolder('/proc/kymo/data')).toThrow(/ENOENT/);
});
