import path from 'node:path';
import { errorCode, SystemFile } from './file.js';
import { NoData } from '../source.js';

export interface Mount {
  readonly device: string;
  /** As seen from the host's root. */
  readonly mountPoint: string;
  readonly fsType: string;
  readonly readOnly: boolean;
  /** Where this process finds the mount. */
  readonly path: string;
  /** Whether asking it may hang: it, or a mount that its path leads through, is not on this machine. */
  readonly mayHang: boolean;
}

/**
 * File systems that answer from memory of this machine. Whatever is not listed here (NFS, CIFS, FUSE,
 * 9p, Ceph …) may hang.
 */
const LOCAL_TYPES = new Set(
  (
    'bcachefs btrfs cgroup cgroup2 devpts devtmpfs erofs exfat ext2 ext3 ext4 f2fs hugetlbfs iso9660 ' +
    'jfs msdos mqueue nilfs2 ntfs3 overlay proc ramfs reiserfs rootfs squashfs sysfs tmpfs udf ufs ' +
    'vfat xfs zfs'
  ).split(' '),
);

export interface MountTableOptions {
  readonly procfs: string;
  readonly rootfs: string;
}

/** What is mounted on the host. */
export class MountTable {
  readonly #rootfs: string;
  readonly #files: readonly SystemFile[];
  #text: Buffer | undefined;
  #mounts: readonly Mount[] = [];

  constructor({ procfs, rootfs }: MountTableOptions) {
    this.#rootfs = rootfs.length > 1 && rootfs.endsWith('/') ? rootfs.slice(0, -1) : rootfs;
    // Those of process 1 are the host's, also where this process has a mount namespace of its own.
    this.#files = ['1/mounts', 'mounts'].map(
      (name) => new SystemFile(path.join(procfs, name), { longRecords: true }),
    );
  }

  /**
   * All mounts in the order in which they were made; the same array while nothing has changed.
   * @throws NoData where there is no table, Error for a line that is no mount.
   */
  read(): readonly Mount[] {
    const [host, own] = this.#files;
    try {
      return this.#readFrom(host);
    } catch (thrown) {
      if (!isHidden(thrown)) throw thrown;
      return this.#readFrom(own);
    }
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #readFrom(file: SystemFile): readonly Mount[] {
    if (this.#text === undefined || !file.equals(this.#text)) {
      const text = file.bytes();
      this.#mounts = this.#parse(file);
      this.#text = text;
    }
    return this.#mounts;
  }

  #parse(file: SystemFile): readonly Mount[] {
    const scanner = file.scan();
    const mounts: Omit<Mount, 'mayHang'>[] = [];
    for (; !scanner.atEnd; scanner.nextLine()) {
      const at = scanner.position;
      const device = scanner.word();
      const mountPoint = unescapeOctal(scanner.word());
      const fsType = scanner.word();
      const options = scanner.word();
      if (options === '') scanner.fail(at, 'a device, a mount point, a type and options');
      const seen = this.#seenFromRoot(mountPoint);
      mounts.push({
        device,
        mountPoint: seen,
        fsType,
        readOnly: options.split(',').includes('ro'),
        path: path.join(this.#rootfs, seen),
      });
    }
    const remote = mounts.filter(({ fsType }) => !LOCAL_TYPES.has(fsType));
    return mounts.map((mount) => ({
      ...mount,
      mayHang: remote.some(({ mountPoint }) => leadsThrough(mount.mountPoint, mountPoint)),
    }));
  }

  #seenFromRoot(mountPoint: string): string {
    if (this.#rootfs === '/' || !leadsThrough(mountPoint, this.#rootfs)) return mountPoint;
    return mountPoint.slice(this.#rootfs.length) || '/';
  }
}

/** Whether other processes are hidden from this one, or closed to it. */
function isHidden(thrown: unknown): boolean {
  if (thrown instanceof NoData) return true;
  const code = thrown instanceof Error ? errorCode(thrown.cause) : undefined;
  return code === 'EACCES' || code === 'EPERM';
}

function leadsThrough(mountPoint: string, folder: string): boolean {
  return mountPoint === folder || folder === '/' || mountPoint.startsWith(`${folder}/`);
}

/** The table writes blanks and backslashes in mount points as `\040`, see fstab(5). */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
