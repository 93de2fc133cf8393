import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import { systemSources } from '../../../src/sources/system/index.js';
import { Collection, render } from './collection.js';
import { unpack, type Fixture } from './fixture.js';
import { hasNodeExporter, startNodeExporter } from './node-exporter.js';

const NOW = 1_760_000_123_500;

/** Depends on the machine that the tests run on: capacities, the machine's kind, time stamps. */
const OF_THIS_MACHINE =
  /^node_(filesystem_(size_bytes|free_bytes|avail_bytes|files|files_free)|uname_info|textfile_mtime_seconds|time_zone_offset_seconds)/;

/**
 * Where node_exporter 1.5 does otherwise: it makes up times of CPU 2, which is offline, and it looks
 * for SELinux in the kernel of this machine. What it asks the kernel for is not recorded.
 */
const DIFFERENT =
  /^node_cpu_(guest_)?seconds_total\{cpu="2"|^node_selinux_|^node_network_(receive|transmit)_.*_total|^node_uname_info|^node_time_/;

function start(fixture: Fixture): Collection {
  const { procfs, sysfs, rootfs } = fixture;
  return new Collection(
    systemSources({
      procfs,
      sysfs,
      rootfs,
      clock: new ManualClock(NOW),
      textfile: { directory: `${rootfs}/textfile` },
      platform: 'linux',
    }),
  );
}

describe('host collectors on a recorded host', () => {
  test('yield the expected series', async () => {
    const collection = start(unpack('server'));
    const samples = await collection.tick();
    await collection.stop();
    const expected = [...samples].filter(([series]) => !OF_THIS_MACHINE.test(series));
    await expect(render(new Map(expected))).toMatchFileSnapshot('testdata/server.golden');
  });

  test('yield the same on the next tick', async () => {
    const collection = start(unpack('server'));
    const first = await collection.tick();
    const second = await collection.tick();
    await collection.stop();
    expect(render(second)).toBe(render(first));
  });

  test.runIf(hasNodeExporter())('agree with the real node_exporter', async () => {
    const fixture = unpack('server');
    // Those that ask the kernel itself, and not the recorded files.
    const ofTheKernel = ['netdev', 'uname', 'time', 'timex', 'systemd'];
    const peer = await startNodeExporter([
      `--path.procfs=${fixture.procfs}`,
      `--path.sysfs=${fixture.sysfs}`,
      `--path.rootfs=${fixture.rootfs}`,
      `--path.udev.data=${fixture.rootfs}/run/udev/data`,
      `--collector.textfile.directory=${fixture.rootfs}/textfile`,
      ...ofTheKernel.map((name) => `--no-collector.${name}`),
    ]);
    const theirs = await peer.scrape();
    await peer.stop();
    const collection = start(fixture);
    const ours = await collection.tick();
    await collection.stop();

    expect(theirs.size).toBeGreaterThan(150);
    const peers: [string, number][] = [];
    const types: [string, string][] = [];
    for (const [name, { type, samples }] of theirs) {
      peers.push(...samples);
      types.push([name, type]);
    }
    const compared = (samples: Iterable<[string, number]>): string =>
      render(
        new Map(
          [...samples]
            .filter(([series]) => !DIFFERENT.test(series))
            // It divides twice where once would do, which may change the last digit.
            .map(([series, value]) => [series, Number(value.toPrecision(14))]),
        ),
      );
    expect(compared(ours)).toBe(compared(peers));
    const typesOfOurs = types.map(([name]) => [name, collection.families.get(name)?.type]);
    expect(typesOfOurs).toEqual(types);
  });
});
