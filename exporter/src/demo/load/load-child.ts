// The load process: started with fork by LoadProcess, which tells it what to do. It ends with the
// channel to its parent, however that ends.
import { systemClock } from '../../lib/clock.js';
import { LoadGenerator } from './generator.js';
import type { LoadCommand, LoadReport } from './messages.js';

const REPORT_INTERVAL = 500;

let generator: LoadGenerator | undefined;

function report(message: LoadReport): void {
  if (process.connected) process.send?.(message);
}

function obey(command: LoadCommand): void {
  switch (command.type) {
    case 'start': {
      const started = new LoadGenerator(command.options, systemClock);
      generator = started;
      started.start();
      report({ type: 'ready' });
      setInterval(() => report({ type: 'counts', counts: started.counts }), REPORT_INTERVAL);
      break;
    }
    case 'scale':
      if (generator !== undefined) generator.scale = command.factor;
      break;
    case 'stop':
      process.disconnect();
  }
}

process.on('message', obey);
process.on('disconnect', () => {
  generator?.stop();
  process.exit(0);
});
// A terminal signals the whole process group; the parent ends this process in its turn.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
