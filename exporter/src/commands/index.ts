import { analyse } from './analyse.js';
import { check } from './check.js';
import type { Command } from './command.js';
import { compile } from './compile.js';
import { demo } from './demo.js';
import { doctor } from './doctor.js';
import { history } from './history.js';
import { provision } from './provision.js';
import { replay } from './replay.js';
import { start } from './start.js';
import { test } from './test.js';

/** Every command there is, in the order of `kymo --help`. */
export const commands = [
  start,
  demo,
  check,
  test,
  compile,
  replay,
  analyse,
  history,
  provision,
  doctor,
] satisfies readonly Command[];
