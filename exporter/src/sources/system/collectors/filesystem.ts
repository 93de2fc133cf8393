import type { Clock } from '../../../lib/clock.js';
import type { SourceWriter } from '../../../series/writer.js';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { MountTable, type Mount } from '../mounts.js';
import type { SystemOptions } from '../options.js';
import { NamePattern } from '../pattern.js';
import { Row, Table } from '../row.js';
import {
  ChildStatfs,
  directStatfs,
  StatfsInterrupted,
  StuckMount,
  withDeadline,
  type Capacity,
  type StatfsReader,
} from '../statfs.js';

const FAMILIES = [
  {
    name: 'device_error',
    help: 'Whether the file system could not be asked: 1 where it failed or does not answer.',
  },
  { name: 'readonly', help: 'Whether the file system is mounted read-only.' },
  { name: 'size_bytes', help: 'Size of the file system.', unit: 'bytes' },
  { name: 'free_bytes', help: 'Bytes that are free.', unit: 'bytes' },
  { name: 'avail_bytes', help: 'Free bytes that others than root may use.', unit: 'bytes' },
  { name: 'files', help: 'Inodes that the file system has.' },
  { name: 'files_free', help: 'Inodes that are free.' },
];

/** Stands in no path. */
const SEPARATOR = '\0';

export interface FilesystemReaders {
  /** For mounts that cannot hang. */
  readonly direct: StatfsReader;
  /** For all others. */
  readonly guarded: StatfsReader;
}

/**
 * How full mounted file systems are. They are asked off the tick, and a tick tells what they answered
 * last. One that does not answer by the deadline is marked by `node_filesystem_device_error` and left
 * alone for a while; the others go on.
 * @param readers how file systems are asked
 */
export function filesystem(options: SystemOptions, readers = defaultReaders(options)): Source {
  const { clock, procfs, rootfs } = options;
  const { mountPointsExclude, fsTypesExclude, retryAfter } = options.filesystem;
  const excludedPoints = new NamePattern('filesystem.mount_points_exclude', mountPointsExclude);
  const excludedTypes = new NamePattern('filesystem.fs_types_exclude', fsTypesExclude);
  const families = FAMILIES.map(
    ({ name, help, unit }) =>
      new Family({
        name: `node_filesystem_${name}`,
        type: 'gauge',
        help,
        unit,
        labels: ['device', 'mountpoint', 'fstype'],
      }),
  );
  const table = new MountTable({ procfs, rootfs });
  const states = new Table<MountState>((key) => {
    const labels = key.split(SEPARATOR);
    return new MountState(new Row(families.map((family) => ({ family, labels }))));
  });
  let known: readonly Mount[] = [];
  let collected: readonly Mount[] = [];
  let answered = false;

  const stage = (writer: SourceWriter): void => {
    for (const mount of collected) stateOf(mount).stage(writer, mount.readOnly);
  };
  const stateOf = (mount: Mount): MountState => states.get(keyOf(mount));

  const guarded = (mount: Mount): boolean => mount.mayHang || stateOf(mount).hung;
  const ask = (mount: Mount): Promise<void> => {
    const reader = guarded(mount) ? readers.guarded : readers.direct;
    return stateOf(mount).ask({ reader, path: mount.path, clock, retryAfter });
  };

  return {
    name: 'filesystem',
    collect: ({ writer, signal }) => {
      const mounts = table.read();
      if (mounts !== known) {
        known = mounts;
        const wanted = mounts.filter(
          ({ mountPoint, fsType }) =>
            !excludedPoints.matches(mountPoint) && !excludedTypes.matches(fsType),
        );
        collected = withoutDuplicates(wanted);
      }
      states.begin();
      if (answered) stage(writer);
      const asked = collected.map((mount) => ({ mount, answer: ask(mount) }));
      states.end();
      if (!collected.some(guarded)) readers.guarded.close();
      if (answered) return undefined;

      // The first tick waits for those that answer at once, or it would have nothing to tell.
      answered = true;
      const prompt = asked.filter(({ mount }) => !guarded(mount)).map(({ answer }) => answer);
      return Promise.race([Promise.all(prompt), aborted(signal)]).then(() => stage(writer));
    },
    stop: () => {
      table.close();
      readers.guarded.close();
    },
  };
}

function defaultReaders({ clock, filesystem }: SystemOptions): FilesystemReaders {
  const { deadline } = filesystem;
  return {
    direct: withDeadline(directStatfs, { clock, deadline }),
    guarded: new ChildStatfs({ clock, deadline }),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Of mounts with the same labels (one over the other, or bound twice) the first. */
function withoutDuplicates(mounts: readonly Mount[]): readonly Mount[] {
  const seen = new Set<string>();
  return mounts.filter((mount) => {
    const key = keyOf(mount);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

function keyOf({ device, mountPoint, fsType }: Mount): string {
  return [device, mountPoint, fsType].join(SEPARATOR);
}

interface Asking {
  readonly reader: StatfsReader;
  readonly path: string;
  readonly clock: Clock;
  readonly retryAfter: number;
}

/** One mount: what it answered last. */
class MountState {
  readonly #row: Row;
  #answer: Capacity | 'failed' | undefined;
  #asking: Promise<void> | undefined;
  /** Time (monotonic, ms) before which it is not asked. */
  #notBefore = -Infinity;
  #hung = false;

  constructor(row: Row) {
    this.#row = row;
  }

  /** Whether it once did not answer, so that it is to be asked with care. */
  get hung(): boolean {
    return this.#hung;
  }

  stage(writer: SourceWriter, readOnly: boolean): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    this.#row.set(writer, 0, answer === 'failed' ? 1 : 0);
    if (answer === 'failed') return;
    this.#row.set(writer, 1, readOnly ? 1 : 0);
    this.#row.set(writer, 2, answer.size);
    this.#row.set(writer, 3, answer.free);
    this.#row.set(writer, 4, answer.available);
    this.#row.set(writer, 5, answer.files);
    this.#row.set(writer, 6, answer.filesFree);
  }

  /** Asks, unless it is being asked or stuck. Resolves with the answer and never rejects. */
  ask({ reader, path, clock, retryAfter }: Asking): Promise<void> {
    if (this.#asking !== undefined) return this.#asking;
    if (clock.monotonic() < this.#notBefore) return Promise.resolve();
    this.#asking = reader
      .read(path)
      .then((capacity) => (this.#answer = capacity))
      .catch((thrown: unknown) => {
        // Asked again on the next tick; until then what was answered before stands.
        if (thrown instanceof StatfsInterrupted) return;
        this.#answer = 'failed';
        if (!(thrown instanceof StuckMount)) return;
        this.#hung = true;
        this.#notBefore = clock.monotonic() + retryAfter;
      })
      .then(() => (this.#asking = undefined));
    return this.#asking;
  }
}
