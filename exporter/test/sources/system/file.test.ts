import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { NoData } from '../../../src/sources/source.js';
import { SystemFile } from '../../../src/sources/system/file.js';
import { emptyFixture } from './fixture.js';

function setUp(content?: string) {
  const fixture = emptyFixture();
  const file = new SystemFile(path.join(fixture.procfs, 'example'));
  if (content !== undefined) fixture.write('proc/example', content);
  return { fixture, file };
}

const text = (file: SystemFile): string => file.bytes().toString();

describe('SystemFile', () => {
  test('reads the content of the moment each time', () => {
    const { fixture, file } = setUp('one\n');
    expect(text(file)).toBe('one\n');
    fixture.write('proc/example', 'and two\n');
    expect(text(file)).toBe('and two\n');
    fixture.write('proc/example', '');
    expect(text(file)).toBe('');
    file.close();
    expect(text(file)).toBe('');
  });

  test('reads files that are longer than what was there before', () => {
    const { fixture, file } = setUp('short');
    expect(text(file)).toBe('short');
    const long = 'line of text\n'.repeat(40_000);
    fixture.write('proc/example', long);
    expect(text(file)).toBe(long);
    expect(file.equals(Buffer.from(long))).toBe(true);
    expect(file.equals(Buffer.from(`${long}x`))).toBe(false);
  });

  test('has no data where the file does not exist, and finds it when it comes', () => {
    const { fixture, file } = setUp();
    expect(() => file.scan()).toThrow(NoData);
    expect(file.scanIfExists()).toBeUndefined();
    expect(file.attribute()).toBeUndefined();
    fixture.write('proc/example', '7\n');
    expect(file.scan().number()).toBe(7);
  });

  test('says which file cannot be read', () => {
    const { fixture } = setUp();
    mkdirSync(path.join(fixture.procfs, 'folder'));
    const folder = new SystemFile(path.join(fixture.procfs, 'folder'));
    expect(() => folder.scan()).toThrow(`cannot read ${folder.path}: EISDIR`);
    expect(() => folder.scan()).not.toThrow(NoData);
    const below = new SystemFile(path.join(fixture.procfs, 'folder', 'none'));
    expect(() => below.scan()).toThrow(NoData);
  });

  test('notices in time that another file has taken the path', () => {
    const { fixture, file } = setUp('old');
    expect(text(file)).toBe('old');
    fixture.write('proc/new', 'new');
    renameSync(path.join(fixture.procfs, 'new'), file.path);
    for (let i = 0; i < 120; i++) file.bytes();
    expect(text(file)).toBe('new');
  });

  test('reads as many files as there are, also more than may be kept open', () => {
    const { fixture } = setUp();
    const files = Array.from({ length: 600 }, (_, i) => {
      fixture.write(`proc/${i}`, String(i));
      return new SystemFile(path.join(fixture.procfs, String(i)));
    });
    for (let round = 0; round < 2; round++) {
      expect(files.map((file) => file.numericAttribute())).toEqual(files.map((_, i) => i));
    }
    for (const file of files) file.close();
  });

  test('reads attributes as text and as numbers', () => {
    const { fixture, file } = setUp('0x1003\n');
    expect(file.attribute()).toBe('0x1003');
    expect(file.numericAttribute()).toBe(0x1003);
    fixture.write('proc/example', 'a name \n');
    expect(file.attribute()).toBe('a name');
    expect(file.numericAttribute()).toBeUndefined();
    fixture.write('proc/example', '');
    expect(file.attribute()).toBe('');
    expect(file.numericAttribute()).toBeUndefined();
  });

  test('asks an attribute that failed again after 1, 2, 4 calls and so on, or when told to', () => {
    const { fixture, file } = setUp();
    const fails = (): boolean => file.attribute() === undefined;
    expect(fails()).toBe(true);
    expect(fails()).toBe(true);
    // The third call is spared, and the fourth would be the next to ask.
    fixture.write('proc/example', 'up');
    expect(fails()).toBe(true);
    expect(fails()).toBe(false);
    fixture.remove('proc/example');
    file.close();
    expect(fails()).toBe(true);
    expect(fails()).toBe(true);
    fixture.write('proc/example', 'up');
    file.retry();
    expect(fails()).toBe(false);
  });

  test('reads attributes off the main thread too', async () => {
    const { fixture, file } = setUp('  52000 \n');
    expect(await file.attributeLater()).toBe('  52000 ');
    fixture.write('proc/example', '53000\n');
    const reading = file.attributeLater();
    file.close();
    expect(await reading).toBe('53000');
    fixture.remove('proc/example');
    expect(await file.attributeLater()).toBeUndefined();
  });
});
