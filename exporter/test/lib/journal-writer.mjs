// Appends numbered records to the journal of the folder given as argument, from the build, and prints
// each number once it is on disk, until it is killed; see journal.test.ts.
import { Buffer } from 'node:buffer';
import { systemClock } from '../../dist/lib/clock.js';
import { Journal } from '../../dist/lib/journal/journal.js';
import { silentLogger } from '../../dist/lib/logger.js';

const journal = await Journal.open({
  directory: process.argv[2],
  clock: systemClock,
  logger: silentLogger,
  restore: () => undefined,
  segmentBytes: 64 * 1024,
});
for (let i = 0; ; i++) {
  // Long enough for a write to be torn.
  const record = Buffer.from(`${i} ${'x'.repeat(5000 * (i % 4))}`);
  const stored = journal.append(record, { durable: true });
  journal.append(Buffer.from(`after ${i}`));
  await stored;
  process.stdout.write(`${i}\n`);
  if (i % 50 === 49) await journal.snapshot([Buffer.from(`${i} in snapshot`)]);
}
