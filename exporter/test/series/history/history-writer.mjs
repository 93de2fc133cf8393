// Keeps history of one counter and one gauge in the folder given as argument, from the build, with a
// tick each 5 ms that stands for a second, until it is killed. Ticks go on from the second argument.
// Prints the number of each tick that is on disk; see kill.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '../../../dist/lib/logger.js';
import { Head } from '../../../dist/series/head.js';
import { History } from '../../../dist/series/history/history.js';

const [directory, first] = process.argv.slice(2);
const START = 1_700_000_000_000 - (1_700_000_000_000 % 60_000);
const head = new Head({ memory: 2 ** 22 });
const history = await History.open(directory, {
  reader: head,
  logger: silentLogger,
  now: () => 0,
  partBytes: 4000,
});
const writer = head.source('test', { exposed: true });
const counter = writer.family({ name: 'requests_total', type: 'counter', help: '' });
const gauge = writer.family({ name: 'temperature', type: 'gauge', help: '' });
for (let i = Number(first); ; i++) {
  const time = START + 1000 * i;
  writer.set(writer.series(counter, {}), i);
  writer.set(writer.series(gauge, { room: 'a' }), i % 100);
  writer.commit(time);
  history.tick(time);
  head.endTick(time);
  if (i % 10 === 9) {
    await history.flush();
    // What is visited within four fifths of a flush interval, 4 s here, is on disk now.
    process.stdout.write(`${i - 5}\n`);
  }
  await sleep(1);
}
