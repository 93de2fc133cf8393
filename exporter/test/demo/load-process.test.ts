import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Demo } from '../../src/demo/demo.js';
import { LoadProcess } from '../../src/demo/load/process.js';
import type { LoadCounts } from '../../src/demo/load/messages.js';
import { protocols } from '../../src/demo/servers/server.js';
import { DemoService, type Addresses } from '../../src/demo/service.js';
import { systemClock } from '../../src/lib/clock.js';

// A process of its own runs compiled code.
const compiled = (path: string): URL => new URL(`../../dist/demo/${path}`, import.meta.url);
const program = compiled('load/load-child.js');
const TIMEOUT = 30_000;
const DAY = 600_000;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

let service: DemoService;
let targets: Addresses;
beforeAll(async () => {
  service = new DemoService({ clock: systemClock, seed: 1 });
  targets = await service.start();
  return () => service.stop();
});

async function startLoad(onCrash?: (how: string) => void): Promise<LoadProcess> {
  const load = new LoadProcess({ program, onCrash });
  stops.push(() => load.stop());
  await load.start({ targets, seed: 1, day: DAY });
  return load;
}

const answered = (counts: LoadCounts | undefined): number[] =>
  protocols.map((protocol) => counts?.[protocol].ok ?? 0);

describe('LoadProcess', () => {
  test('sends real exchanges over all four protocols, and is gone when stopped', async () => {
    const load = await startLoad();
    const pid = load.pid;
    expect(pid).toBeDefined();
    expect(pid).not.toBe(process.pid);
    await expect
      .poll(() => Math.min(...answered(load.counts)), { timeout: TIMEOUT })
      .toBeGreaterThan(2);
    await load.stop();
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
  });

  test('sends more when scaled', async () => {
    const load = await startLoad();
    load.scale(4);
    // About 35 answers are usual in half a second.
    let last = 0;
    const added = (): number => {
      const sum = answered(load.counts).reduce((total, count) => total + count, 0);
      const more = sum - last;
      last = sum;
      return more;
    };
    await expect.poll(added, { timeout: TIMEOUT, interval: 500 }).toBeGreaterThan(80);
  });

  test('is started again when it ends by itself', async () => {
    const crashes: string[] = [];
    const load = await startLoad((how) => crashes.push(how));
    const first = load.pid;
    process.kill(first ?? 0, 'SIGKILL');
    await expect.poll(() => crashes, { timeout: TIMEOUT }).toEqual(['SIGKILL']);
    await expect.poll(() => load.pid, { timeout: TIMEOUT }).not.toBe(first);
    await expect
      .poll(() => Math.min(...answered(load.counts)), { timeout: TIMEOUT })
      .toBeGreaterThan(2);
  });

  test('fails to start with the reason when the program ends at once', async () => {
    const load = new LoadProcess({ program: compiled('missing.js') });
    stops.push(() => load.stop());
    await expect(load.start({ targets, seed: 1, day: DAY })).rejects.toThrow('code 1');
  });

  test('ends with its parent, even when that is killed', async () => {
    const script = `
      const { LoadProcess } = await import(${JSON.stringify(compiled('load/process.js').href)});
      const load = new LoadProcess();
      await load.start(${JSON.stringify({ targets, seed: 1, day: DAY })});
      process.stdout.write('started');
      setInterval(() => {}, 1000);
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    // The load process shares its parent's output, which closes only when both are gone.
    parent.stdout.resume();
    await once(parent, 'close');
    expect(parent.signalCode).toBe('SIGKILL');
  });
});

describe('Demo', () => {
  test('starts service, traffic and faults, and stops them in order', async () => {
    const changes: string[] = [];
    const demo = new Demo({
      loadProgram: program,
      onFault: ({ name }, phase) => changes.push(`${name} ${phase}`),
    });
    stops.push(() => demo.stop());
    const addresses = await demo.start();
    expect(Object.keys(addresses).sort()).toEqual([...protocols].sort());
    const metric = async (line: string): Promise<boolean> =>
      (await demo.registry.metrics()).includes(line);
    await expect
      .poll(() => metric('shop_cache_requests_total{cache="product",result="miss"}'), {
        timeout: TIMEOUT,
      })
      .toBe(true);
    expect(await metric('shop_simulated_fault_active{fault="latency"} 0')).toBe(true);
    demo.simulator.start('latency', 60_000);
    expect(await metric('shop_simulated_fault_active{fault="latency"} 1')).toBe(true);
    await demo.stop();
    expect(changes).toEqual(['latency started', 'latency ended']);
    await expect(fetch(`${addresses.http1}/health`)).rejects.toThrow();
  });

  test('leaves nothing open when the load cannot be started', async () => {
    const demo = new Demo({ loadProgram: compiled('missing.js') });
    stops.push(() => demo.stop());
    await expect(demo.start()).rejects.toThrow('code 1');
    const listening = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    // Those of the service that the tests above share: HTTP/1.1, HTTP/2 and gRPC.
    await expect.poll(listening, { timeout: TIMEOUT }).toBeLessThanOrEqual(3);
  });
});
