import { describe, expect, test } from 'vitest';
import { NoData } from '../../../src/sources/source.js';
import { MountTable } from '../../../src/sources/system/mounts.js';
import { emptyFixture } from './fixture.js';

function setUp(mounts: string | undefined, rootfs = '/') {
  const fixture = emptyFixture();
  if (mounts !== undefined) fixture.write('proc/1/mounts', mounts);
  const table = new MountTable({ procfs: fixture.procfs, rootfs });
  return { fixture, table };
}

describe('MountTable', () => {
  test('reads mounts with blanks and backslashes in their names', () => {
    const { table } = setUp('/dev/sda1 /my\\040disk\\134x\\011y vfat rw,ro=0 0 0\n');
    expect(table.read()).toEqual([
      {
        device: '/dev/sda1',
        mountPoint: '/my disk\\x\ty',
        fsType: 'vfat',
        readOnly: false,
        path: '/my disk\\x\ty',
        mayHang: false,
      },
    ]);
  });

  test('tells a mount that is read-only by its option, and by that alone', () => {
    const { table } = setUp('a /a ext4 rw,errors=remount-ro 0 0\nb /b ext4 noatime,ro 0 0\n');
    expect(table.read().map(({ readOnly }) => readOnly)).toEqual([false, true]);
  });

  test('names mount points as seen from the root of the host', () => {
    const { table } = setUp(
      '/dev/sda1 /host ext4 rw 0 0\n/dev/sdb1 /host/data ext4 rw 0 0\n/dev/sdc1 /hostel ext4 rw 0 0\n',
      '/host/',
    );
    expect(table.read().map(({ mountPoint, path }) => [mountPoint, path])).toEqual([
      ['/', '/host/'],
      ['/data', '/host/data'],
      ['/hostel', '/host/hostel'],
    ]);
  });

  test('fears that a mount hangs that is remote, or below one that is', () => {
    const { table } = setUp(
      'a / ext4 rw 0 0\nb /net nfs4 rw 0 0\nc /net/disk xfs rw 0 0\nd /network btrfs rw 0 0\n' +
        'e /home fuse.sshfs rw 0 0\nf /new unheardof rw 0 0\n',
    );
    expect(Object.fromEntries(table.read().map((m) => [m.mountPoint, m.mayHang]))).toEqual({
      '/': false,
      '/net': true,
      '/net/disk': true,
      '/network': false,
      '/home': true,
      '/new': true,
    });
  });

  test('reads the same table only once', () => {
    const { fixture, table } = setUp('a / ext4 rw 0 0\n');
    const first = table.read();
    expect(table.read()).toBe(first);
    fixture.write('proc/1/mounts', 'a / ext4 ro 0 0\n');
    expect(table.read()).not.toBe(first);
    expect(table.read()[0].readOnly).toBe(true);
  });

  test('reads lines that are longer than a page', () => {
    const long = `overlay /o overlay rw,lowerdir=${'/layer:'.repeat(3000)} 0 0\n`;
    const { table } = setUp(`a / ext4 rw 0 0\n${long}b /b ext4 rw 0 0\n`);
    expect(table.read().map(({ mountPoint }) => mountPoint)).toEqual(['/', '/o', '/b']);
  });

  test('takes the mounts of this process where those of process 1 are hidden', () => {
    const { fixture, table } = setUp(undefined);
    expect(() => table.read()).toThrow(NoData);
    fixture.write('proc/mounts', 'a / ext4 rw 0 0\n');
    expect(table.read().length).toBe(1);
  });

  test('refuses a line that is no mount, and reads the table again when it is mended', () => {
    const { fixture, table } = setUp('a / ext4 rw 0 0\nnonsense\n');
    expect(() => table.read()).toThrow(/1\/mounts:2: expected a device, a mount point/);
    expect(() => table.read()).toThrow(/1\/mounts:2/);
    fixture.write('proc/1/mounts', 'a / ext4 rw 0 0\n');
    expect(table.read().length).toBe(1);
  });
});
