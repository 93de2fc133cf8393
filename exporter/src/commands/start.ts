import { createKymo } from '../kymo.js';
import type { Command } from './command.js';
import { describeFlags, serve } from './serve.js';

export const start: Command = {
  name: 'start',
  summary: 'Collects this host and serves it, until it is stopped.',
  usage: ['kymo start [--config kymo.yml] [--<setting> <value> …]', 'kymo start --print-config'],
  details: describeFlags,
  run: (invocation) => serve(invocation, ({ options }) => createKymo(options)),
};
