#!/usr/bin/env node
import { runCommandLine } from './commands/command-line.js';
import { commands } from './commands/index.js';

const code = await runCommandLine(commands, {
  args: process.argv.slice(2),
  environment: process.env,
  print: (text) => {
    process.stdout.write(text);
  },
  complain: (text) => {
    process.stderr.write(text);
  },
});
// Something that a library left open must not keep the process.
process.exit(code);
