import type { Registry } from 'prom-client';
import { systemClock, type Clock } from '../lib/clock.js';
import { FaultSchedule, planFaults } from './fault-schedule.js';
import { makeFaults, scheduledFaults } from './faults.js';
import { LoadProcess } from './load/process.js';
import { Random } from './random.js';
import { DemoService, type Addresses } from './service.js';
import { Simulator, type ActiveFault } from './simulator.js';

export interface DemoOptions {
  readonly clock?: Clock;
  /** The same seed makes the same traffic and the same faults at the same times; default 1. */
  readonly seed?: number;
  /** Milliseconds that a day of the traffic's wave takes; default 10 minutes. */
  readonly day?: number;
  /** Told of each beginning and end of a fault. */
  readonly onFault?: (fault: ActiveFault, phase: 'started' | 'ended') => void;
  /** Told when the load process ended although nobody asked it to; another is started. */
  readonly onLoadCrash?: (how: string) => void;
  /** The compiled program of the load process; by default the one beside this file. */
  readonly loadProgram?: URL;
}

/**
 * The demo: a service with real traffic on the loopback address and a fault now and then. Whatever
 * is seen of it is measured, by the service's own metrics and by the instrumentation of its servers.
 */
export class Demo {
  readonly simulator: Simulator;
  readonly #service: DemoService;
  readonly #load: LoadProcess;
  readonly #schedule: FaultSchedule;
  readonly #seed: number;
  readonly #day: number;

  constructor({
    clock = systemClock,
    seed = 1,
    day = 600_000,
    onFault,
    onLoadCrash,
    loadProgram,
  }: DemoOptions = {}) {
    this.#seed = seed;
    this.#day = day;
    this.#service = new DemoService({ clock, seed });
    this.#load = new LoadProcess({ clock, onCrash: onLoadCrash, program: loadProgram });
    const { faultActive } = this.#service.metrics;
    this.simulator = new Simulator({
      clock,
      faults: makeFaults({
        service: this.#service,
        scaleLoad: (factor) => this.#load.scale(factor),
      }),
      onChange: (fault, phase) => {
        faultActive.set({ fault: fault.name }, phase === 'started' ? 1 : 0);
        onFault?.(fault, phase);
      },
    });
    for (const { name } of this.simulator.list()) faultActive.set({ fault: name }, 0);
    this.#schedule = new FaultSchedule({
      clock,
      simulator: this.simulator,
      plan: planFaults(Random.named(seed, 'faults'), scheduledFaults),
    });
  }

  /** The service's own metrics. */
  get registry(): Registry {
    return this.#service.registry;
  }

  /** Starts servers, traffic and the schedule of faults. */
  async start(): Promise<Addresses> {
    try {
      const targets = await this.#service.start();
      await this.#load.start({ targets, seed: this.#seed, day: this.#day });
      this.#schedule.start();
      return targets;
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
  }

  /** Ends the faults, then the traffic, then the servers. */
  async stop(): Promise<void> {
    this.#schedule.stop();
    this.simulator.stop();
    await this.#load.stop();
    await this.#service.stop();
  }
}
