// Runs a service that misbehaves as the first argument says, from the build; see lifecycle.test.ts.
import { clearInterval, setInterval } from 'node:timers';
import { runService } from '../../dist/commands/lifecycle.js';
import { KymoError } from '../../dist/lib/errors.js';
import { createLogger } from '../../dist/lib/logger.js';

const behaviour = process.argv[2];
const logger = createLogger();
const forever = setInterval(() => undefined, 1000);
const say = (text) => process.stdout.write(`${JSON.stringify({ say: text })}\n`);

const service = {
  async start() {
    if (behaviour === 'refuses') throw new KymoError('cannot_listen', 'port 1 is in use');
    if (behaviour === 'breaks') throw new Error('broken start');
    if (behaviour === 'throws') setTimeout(() => throwLater(), 10);
    if (behaviour === 'rejects')
      setTimeout(() => void Promise.reject(new Error('rejected later')), 10);
    if (behaviour === 'starts for ever') {
      say('started');
      await new Promise(() => undefined);
    }
    say('started');
  },
  async stop() {
    say('stopping');
    if (behaviour === 'hangs') await new Promise(() => undefined);
    if (behaviour === 'fails to stop') throw new Error('cannot stop');
    if (behaviour === 'throws twice') throwLater();
    say('stopped');
  },
};

function throwLater() {
  throw new Error('thrown later');
}

const code = await runService({
  service,
  logger,
  stopWithin: Number(process.argv[3] ?? 60_000),
  complain: (text) => process.stderr.write(text),
  reload: () => {
    say('reloading');
    return behaviour === 'reloads badly' ? Promise.reject(new Error('no')) : Promise.resolve();
  },
});
clearInterval(forever);
process.exit(code);
