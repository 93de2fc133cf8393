import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import type { Acknowledgement } from '../../src/rules/alert.js';
import { AlertLog } from '../../src/rules/alert-log.js';
import { decodeLogRecord, encodeLogRecord } from '../../src/rules/alert-log-record.js';
import { alertWith, transitionTo } from './alerts.js';

const NOW = 1_700_000_000_000;
const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-alerts-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const open = (folder: string, clock = new ManualClock(NOW)): Promise<AlertLog> =>
  AlertLog.open(folder, { clock, logger: silentLogger });

/** What a process that was killed leaves behind: the files as they are now. */
function afterKill(folder: string): string {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  rmSync(path.join(copy, 'lock'));
  return copy;
}

const firing = alertWith({ activeAt: NOW - 60_000, firedAt: NOW, lastActiveAt: NOW });
const resolved = alertWith({ ...firing, state: 'inactive', resolvedAt: NOW + 5000 });
const ack: Acknowledgement = { by: 'anna', comment: 'on it', time: NOW + 1000 };

describe('AlertLog', () => {
  test('after a kill, alerts come back with their times and acknowledgement', async () => {
    const folder = newFolder();
    const log = await open(folder);
    await log.append(transitionTo('firing', firing, 'pending'));
    const answered = await log.acknowledge(firing.fingerprint, ack);
    expect(answered).toEqual({ ...firing, acknowledgement: ack });
    const again = await open(afterKill(folder));
    expect(again.alerts).toEqual([{ ...firing, acknowledgement: ack }]);
    await Promise.all([log.close(), again.close()]);
  });

  test('an acknowledgement ends when the alert resolves, and is not of the next time', async () => {
    const folder = newFolder();
    const log = await open(folder);
    await log.append(transitionTo('firing', firing, 'pending'));
    await log.acknowledge(firing.fingerprint, ack);
    await log.append(transitionTo('inactive', resolved, 'firing'));
    expect(log.acknowledgementOf(firing.fingerprint)).toBeUndefined();
    await log.append(transitionTo('firing', { ...firing, acknowledgement: ack }, 'inactive'));
    expect(log.acknowledgementOf(firing.fingerprint)).toBeUndefined();
    await log.close();
  });

  test('an acknowledgement holds while the alert recovers and fires again', async () => {
    const log = await open(newFolder());
    await log.append(transitionTo('firing', firing, 'pending'));
    await log.acknowledge(firing.fingerprint, ack);
    await log.append(transitionTo('recovering', firing, 'firing'));
    await log.append(transitionTo('firing', firing, 'recovering'));
    expect(log.acknowledgementOf(firing.fingerprint)).toEqual(ack);
    await log.close();
  });

  test('an acknowledgement ends at its time, and can be taken back', async () => {
    const clock = new ManualClock(NOW);
    const log = await open(newFolder(), clock);
    await log.append(transitionTo('firing', firing, 'pending'));
    await log.acknowledge(firing.fingerprint, { ...ack, until: NOW + 10_000 });
    clock.advance(9999);
    expect(log.acknowledgementOf(firing.fingerprint)?.by).toBe('anna');
    clock.advance(1);
    expect(log.acknowledgementOf(firing.fingerprint)).toBeUndefined();
    await log.acknowledge(firing.fingerprint, ack);
    await log.unacknowledge(firing.fingerprint, 'ben');
    expect(log.acknowledgementOf(firing.fingerprint)).toBeUndefined();
    await log.close();
  });

  test('refuses to acknowledge what is not there, and without a name', async () => {
    const log = await open(newFolder());
    await expect(log.acknowledge('0', ack)).rejects.toMatchObject({ code: 'alert_not_found' });
    await log.append(transitionTo('firing', firing, 'pending'));
    const refused: unknown = expect.objectContaining({ code: 'bad_acknowledgement' });
    const { fingerprint } = firing;
    await expect(log.acknowledge(fingerprint, { ...ack, by: ' ' })).rejects.toEqual(refused);
    await expect(log.acknowledge(fingerprint, { ...ack, until: NOW })).rejects.toEqual(refused);
    await expect(
      log.acknowledge(fingerprint, { ...ack, comment: 'x'.repeat(5000) }),
    ).rejects.toEqual(refused);
    await log.append(transitionTo('inactive', resolved, 'firing'));
    await expect(log.acknowledge(fingerprint, ack)).rejects.toMatchObject({
      code: 'alert_not_found',
    });
    await log.close();
  });

  test('what receivers have still to be told survives a kill, until they took it', async () => {
    const folder = newFolder();
    const log = await open(folder);
    await log.append(transitionTo('firing', firing, 'pending'), ['am', 'ops']);
    await log.append(transitionTo('inactive', resolved, 'firing'), ['am', 'ops']);
    log.delivered('am', [firing, resolved]);
    log.delivered('ops', [firing]);
    await log.close();
    const again = await open(folder);
    expect(again.owed).toEqual([{ receiver: 'ops', alert: resolved }]);
    await again.close();
  });

  test('the log is condensed, and the past stays for 30 days', async () => {
    const folder = newFolder();
    const clock = new ManualClock(NOW);
    const log = await open(folder, clock);
    const annotations = { summary: 'x'.repeat(100_000) };
    const long = alertWith({ ...firing, annotations });
    for (let day = 0; day < 45; day++) {
      const at = { firedAt: clock.now(), resolvedAt: clock.now() + 1000 };
      await log.append(transitionTo('firing', { ...long, ...at }, 'inactive'));
      await log.append(transitionTo('inactive', { ...long, ...at }, 'firing'));
      clock.advance(86_400_000);
    }
    expect(readdirSync(folder).some((name) => name.endsWith('.snapshot'))).toBe(true);
    const events = await log.history({ fingerprint: long.fingerprint });
    const oldest = events.at(-1)?.time ?? 0;
    expect(oldest).toBeLessThanOrEqual(clock.now() - 29 * 86_400_000);
    expect(oldest).toBeGreaterThan(clock.now() - 42 * 86_400_000);
    await log.close();
    const again = await open(folder, clock);
    expect(await again.history({ limit: 3 })).toEqual(events.slice(0, 3));
    await again.close();
  });

  test('history answers the newest first, by time and alert', async () => {
    const log = await open(newFolder());
    const other = alertWith({ labels: { alertname: 'Other' }, firedAt: NOW + 2000 });
    await log.append(transitionTo('firing', firing, 'pending'));
    await log.acknowledge(firing.fingerprint, ack);
    await log.append(transitionTo('firing', other, 'pending'));
    await log.append(transitionTo('inactive', resolved, 'firing'));
    const types = (await log.history()).map(({ type, time }) => [type, time - NOW]);
    expect(types).toEqual([
      ['transition', 5000],
      ['transition', 2000],
      ['acknowledged', 1000],
      ['transition', 0],
    ]);
    expect(await log.history({ start: NOW + 1, end: NOW + 2000 })).toHaveLength(2);
    expect(await log.history({ fingerprint: other.fingerprint })).toHaveLength(1);
    expect(await log.history({ limit: 2 })).toHaveLength(2);
    await log.close();
  });

  test('silences are remembered until they are gone', async () => {
    const folder = newFolder();
    const log = await open(folder);
    log.silenced({ fingerprint: 'a', receiver: 'am', id: '1' });
    log.silenced({ fingerprint: 'b', receiver: 'am', id: '2' });
    log.unsilenced({ fingerprint: 'a', receiver: 'am' });
    await log.close();
    const again = await open(folder);
    expect(again.silences).toEqual([{ fingerprint: 'b', receiver: 'am', id: '2' }]);
    await again.close();
  });

  test('a disk that fails stops no alert, and refuses acknowledgements', async () => {
    const folder = newFolder();
    const log = await open(folder);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'in the way');
    await log.append(transitionTo('firing', firing, 'pending'));
    expect(log.alerts).toEqual([firing]);
    await expect(log.acknowledge(firing.fingerprint, ack)).rejects.toMatchObject({
      code: 'journal_write_failed',
    });
    expect(log.acknowledgementOf(firing.fingerprint)).toBeUndefined();
    await log.close();
  });

  test('records come back as they were written, whatever their values', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0));
    fc.assert(
      fc.property(value, fc.dictionary(fc.string(), fc.string()), (number, labels) => {
        const alert = alertWith({ value: number, annotations: { ...labels } });
        const read = decodeLogRecord(encodeLogRecord({ type: 'alert', alert }));
        expect(JSON.stringify(read)).toBe(JSON.stringify({ type: 'alert', alert }));
        // JSON has no -0.
        expect(read).toMatchObject({ alert: { value: number + 0 } });
      }),
    );
  });
});
