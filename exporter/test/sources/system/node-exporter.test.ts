import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemSources } from '../../../src/sources/system/index.js';
import { Collection, nameOf } from './collection.js';
import {
  hasNodeExporter,
  startNodeExporter,
  type NodeExporter,
  type PeerFamily,
} from './node-exporter.js';

/** Values that both read at other moments may differ; they must agree in one of so many looks. */
const LOOKS = 40;

/**
 * What a scrape moves by itself: the kernel counts open files a processor and adds them up in batches,
 * and the peer holds some open while it reads the count.
 */
const MOVED_BY_LOOKING: Readonly<Record<string, number>> = { node_filefd_allocated: 128 };

/** Families of node_exporter that are left out, with the reason, as docs/host-metrics.md lists them. */
function leftOut(): { pattern: RegExp; reason: string }[] {
  const docs = readFileSync(new URL('../../../../docs/host-metrics.md', import.meta.url), 'utf8');
  const section = /^## Left out$(.*?)(?=^## |(?![\s\S]))/ms.exec(docs)?.[1] ?? '';
  return [...section.matchAll(/^\| .+? \| (.+?) \| (.+?) \|$/gm)].flatMap(([, families, reason]) =>
    [...families.matchAll(/`(node_[a-zA-Z0-9_*]+)`/g)].map(([, name]) => ({
      pattern: new RegExp(`^${name.replaceAll('*', '.*')}$`),
      reason,
    })),
  );
}

describe.runIf(hasNodeExporter())('host collectors beside the real node_exporter', () => {
  let peer: NodeExporter;
  let collection: Collection;
  let theirs: ReadonlyMap<string, PeerFamily>;

  beforeAll(async () => {
    peer = await startNodeExporter();
    collection = new Collection(systemSources());
    theirs = await peer.scrape();
    await collection.tick();
  });

  afterAll(async () => {
    await collection.stop();
    await peer.stop();
  });

  test('collect every family that it has, but for those that docs/host-metrics.md gives a reason for', () => {
    const ours = collection.families;
    const reasons = leftOut();
    const lacking = [...theirs.keys()].filter((name) => !ours.has(name));
    const unexplained = lacking.filter((name) => !reasons.some((r) => r.pattern.test(name)));
    const compared = [...theirs.keys()].filter((name) => ours.has(name));
    process.stdout.write(
      `\n${compared.length} families compared: ${compared.join(' ')}\n` +
        `${lacking.length} families that we lack, with a reason: ${lacking.join(' ')}\n\n`,
    );
    expect(unexplained).toEqual([]);
    expect(compared.length).toBeGreaterThan(100);
  });

  test('have the types that it has', () => {
    const ours = collection.families;
    const shared = [...theirs].filter(([name]) => ours.has(name));
    expect(shared.map(([name]) => [name, ours.get(name)?.type])).toEqual(
      shared.map(([name, { type }]) => [name, type]),
    );
  });

  test('have its label sets, and values that agree within what changes meanwhile', async () => {
    let open: string[] = [...theirs.keys()].filter((name) => collection.families.has(name));
    let differences: string[] = [];
    for (let look = 0; look < LOOKS && open.length > 0; look++) {
      // File systems and slow sensors tell what they answered since the tick before.
      await collection.tick();
      await pause(50);
      const before = await collection.tick();
      const between = await peer.scrape();
      await collection.tick();
      await pause(50);
      const after = await collection.tick();
      differences = [];
      open = open.filter((name) => {
        const found = compare(name, { before, between, after });
        differences.push(...found);
        return found.length > 0;
      });
    }
    expect(differences).toEqual([]);
  });
});

interface Looks {
  readonly before: ReadonlyMap<string, number>;
  readonly between: ReadonlyMap<string, PeerFamily>;
  readonly after: ReadonlyMap<string, number>;
}

/** What differs in one family; nothing where it agrees. */
function compare(name: string, { before, between, after }: Looks): string[] {
  const peers = between.get(name)?.samples ?? new Map<string, number>();
  const differences: string[] = [];
  const seriesOf = (samples: ReadonlyMap<string, number>): string[] =>
    [...samples.keys()].filter((series) => nameOf(series) === name);
  for (const series of new Set([...seriesOf(before), ...seriesOf(after)])) {
    if (!peers.has(series)) differences.push(`only ours: ${series}`);
  }
  for (const [series, value] of peers) {
    const first = before.get(series);
    const last = after.get(series);
    if (first === undefined || last === undefined) {
      differences.push(`only theirs: ${series}`);
      continue;
    }
    const slack =
      Math.abs(last - first) + Math.abs(value) * 1e-12 + (MOVED_BY_LOOKING[series] ?? 0);
    const agrees = value >= Math.min(first, last) - slack && value <= Math.max(first, last) + slack;
    if (!agrees) differences.push(`${series}: theirs ${value}, ours ${first} and then ${last}`);
  }
  return differences;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
