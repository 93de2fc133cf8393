import { check } from './check.js';
import type { Command } from './command.js';
import { demo } from './demo.js';
import { start } from './start.js';

/** Every command there is, in the order of `kymo --help`. */
export const commands = [start, demo, check] satisfies readonly Command[];
