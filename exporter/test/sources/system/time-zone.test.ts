import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { TimeZone } from '../../../src/sources/system/time-zone.js';
import { emptyFixture } from './fixture.js';

interface Type {
  readonly offset: number;
  readonly name: string;
}

/** A file as RFC 9636 has it: types in order, transitions to the type of each, a rule. */
function zoneFile(types: readonly Type[], transitions: readonly number[], rule?: string): Buffer {
  const block = (timeSize: number, version: string): Buffer => {
    const names = types.map(({ name }) => `${name}\0`).join('');
    const header = Buffer.alloc(44);
    header.write(`TZif${version}`);
    [0, 0, 0, transitions.length, types.length, names.length].forEach((count, i) =>
      header.writeUInt32BE(count, 20 + 4 * i),
    );
    const times = Buffer.alloc(transitions.length * timeSize);
    const records = types.map(({ offset }, i) => {
      const record = Buffer.alloc(6);
      record.writeInt32BE(offset, 0);
      record[5] = types.slice(0, i).reduce((sum, { name }) => sum + name.length + 1, 0);
      return record;
    });
    return Buffer.concat([header, times, Buffer.from(transitions), ...records, Buffer.from(names)]);
  };
  if (rule === undefined) return block(4, '\0');
  return Buffer.concat([block(4, '2'), block(8, '2'), Buffer.from(`\n${rule}\n`)]);
}

function zone(content: Buffer): TimeZone {
  const fixture = emptyFixture();
  const localTime = path.join(fixture.rootfs, 'localtime');
  writeFileSync(localTime, content);
  return new TimeZone({ name: undefined, localTime });
}

const CET = { offset: 3600, name: 'CET' };
const CEST = { offset: 7200, name: 'CEST' };
const LMT = { offset: 3208, name: 'LMT' };

describe('TimeZone', () => {
  test('takes the abbreviation from the rule at the end of the file', () => {
    const berlin = zone(zoneFile([LMT], [0], 'CET-1CEST,M3.5.0,M10.5.0/3'));
    expect(berlin.abbreviation(60)).toBe('CET');
    expect(berlin.abbreviation(120)).toBe('CEST');
    const newfoundland = zone(zoneFile([LMT], [], 'NST3:30NDT,M3.2.0,M11.1.0'));
    expect(newfoundland.abbreviation(-210)).toBe('NST');
    expect(newfoundland.abbreviation(-150)).toBe('NDT');
    expect(zone(zoneFile([LMT], [], '<+0330>-3:30')).abbreviation(210)).toBe('+0330');
    expect(zone(zoneFile([LMT], [], 'IST-1GMT0,M10.5.0,M3.5.0/1')).abbreviation(0)).toBe('GMT');
  });

  test('takes it from the newest transition of that offset where there is no rule', () => {
    const old = { offset: 3600, name: 'OLD' };
    expect(zone(zoneFile([LMT, old, CEST, CET], [1, 2, 3])).abbreviation(60)).toBe('CET');
    expect(zone(zoneFile([LMT, CEST, CET], [])).abbreviation(120)).toBe('CEST');
    expect(zone(zoneFile([CET, CEST], [1, 0], '')).abbreviation(60)).toBe('CET');
  });

  test('writes the offset where the file does not tell a name or is none', () => {
    expect(zone(zoneFile([CET], [])).abbreviation(-570)).toBe('-0930');
    expect(zone(Buffer.from('no zone')).abbreviation(180)).toBe('+03');
    expect(zone(zoneFile([CET], []).subarray(0, 50)).abbreviation(60)).toBe('+01');
    expect(new TimeZone({ localTime: '/no/such/file', name: undefined }).abbreviation(0)).toBe(
      'UTC',
    );
    expect(new TimeZone({ name: '' }).abbreviation(0)).toBe('UTC');
  });

  test.runIf(existsSync('/usr/share/zoneinfo/Europe/Berlin'))('tells what date(1) does', () => {
    for (const name of [
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kolkata',
      'Asia/Tehran',
      'UTC',
    ]) {
      for (const day of ['2026-01-15', '2026-07-15']) {
        const { stdout } = spawnSync('date', ['-d', `${day} 12:00 UTC`, '+%Z %z'], {
          env: { TZ: name },
        });
        const [abbreviation, offset] = stdout.toString().trim().split(' ');
        const sign = offset.startsWith('-') ? -1 : 1;
        const minutes = sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3)));
        expect(`${name} ${new TimeZone({ name }).abbreviation(minutes)}`).toBe(
          `${name} ${abbreviation}`,
        );
      }
    }
  });
});
