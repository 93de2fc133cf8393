// The reading thread of stress.test.ts: reads series at random, as fast as it can, and checks every
// sample. What each series must hold follows from its labels and the time alone:
//   n     number of the series, step: milliseconds from row to row, kind: value | histogram
//   a value is n × 10^7 + k at time start + k × step; a histogram has it as sum and n, k in its buckets.
import { setImmediate } from 'node:timers';
import { parentPort, workerData } from 'node:worker_threads';
import { Slabs } from '../../dist/series/chunks.js';
import { ColumnReader } from '../../dist/series/columns.js';
import { HeadReplica } from '../../dist/series/replica.js';
import { SampleBuffer } from '../../dist/series/samples.js';

const { memory, start, validates } = workerData;
const replica = new HeadReplica(memory);
const unvalidated = new ColumnReader(new Slabs(memory.samples), { validates: false });
const table = new Int32Array(memory.series);
const buffer = new SampleBuffer();
const counts = { reads: 0, empty: 0, samples: 0, histograms: 0, stale: 0, longest: 0 };
const violations = [];

function read(id, from, to) {
  buffer.clear();
  if (validates) replica.read(id, from, to, buffer);
  else {
    const newest = Atomics.load(table, 2 * id) - 1;
    unvalidated.read({ id, newest, from, to, lastTick: replica.maxTime }, buffer);
  }
}

/** What is wrong with sample i, if anything. */
function faultOf(i, { n, step, kind, from, to }) {
  const time = buffer.times[i];
  const k = (time - start) / step;
  if (!Number.isInteger(k)) return `time ${time} is not a row's`;
  if (time < from || time > to) return `time ${time} is outside ${from} … ${to}`;
  const before = i === 0 ? undefined : buffer.times[i - 1];
  if (before !== undefined && time <= before) return `time ${time} after ${before}`;
  if (buffer.isStale(i)) {
    counts.stale++;
    return undefined;
  }
  // Every series has a sample in each row until it vanishes: a gap would be half a row or a lost chunk.
  if (before !== undefined && !buffer.isStale(i - 1) && time !== before + step) {
    return `nothing between ${before} and ${time}`;
  }
  const histogram = buffer.histograms?.[i];
  if ((kind === 'histogram') !== (histogram !== undefined)) return `at ${time} stands no ${kind}`;
  if (histogram === undefined) {
    counts.samples++;
    const { [i]: value } = buffer.values;
    return value === n * 1e7 + k ? undefined : `at ${time} stands ${value}`;
  }
  counts.histograms++;
  const { sum, count, positive } = histogram;
  const isWhole =
    sum === n * 1e7 + k &&
    count === n + k &&
    positive.offset === n &&
    positive.counts.length === 40 &&
    positive.counts.every((bucket, b) => bucket === k + b);
  return isWhole ? undefined : `at ${time} stands the histogram ${JSON.stringify(histogram)}`;
}

/**
 * What is missing at the end of a series that has a sample in each row. Its newest samples must be
 * among those read, if any are: up to the last whole row, which is at most one behind the newest time.
 */
function gapAtEnd({ maxTime, step }) {
  const last = buffer.times[buffer.length - 1];
  return last >= maxTime - step ? undefined : `nothing after ${last}, though rows go to ${maxTime}`;
}

function readOne(ids) {
  const id = ids[Math.floor(Math.random() * ids.length)];
  const labels = replica.labels(id);
  const n = Number(labels.get('n'));
  const step = Number(labels.get('step'));
  const kind = labels.get('kind');
  const { maxTime } = replica;
  const from = maxTime - Math.floor(Math.random() * 400) * step;
  const to = Math.random() < 0.5 ? maxTime : maxTime - Math.floor(Math.random() * 100) * step;
  read(id, from, to);
  counts.reads++;
  counts.longest = Math.max(counts.longest, buffer.length);
  if (buffer.length === 0) counts.empty++;
  const isSteady = !labels.metricName.startsWith('changing');
  for (let i = 0; i < buffer.length; i++) {
    let fault = faultOf(i, { n, step, kind, from, to });
    if (isSteady && to === maxTime && i === buffer.length - 1)
      fault ??= gapAtEnd({ maxTime, step });
    if (fault === undefined) continue;
    if (violations.length < 5) violations.push(`${labels.toString()}: ${fault}`);
    parentPort.postMessage({ kind: 'violation' });
    break;
  }
}

let ids = [];
let version;
let stopped = false;

function run() {
  if (stopped) return;
  if (replica.indexVersion !== version) {
    ids = replica.select([]);
    version = replica.indexVersion;
  }
  for (let i = 0; i < 200 && ids.length > 0; i++) readOne(ids);
  // Lets the messages in.
  setImmediate(run);
}

parentPort.on('message', (message) => {
  if (message.kind === 'changes') replica.apply(message.changes);
  else {
    stopped = true;
    parentPort.postMessage({ kind: 'result', counts, violations });
  }
});
run();
parentPort.postMessage({ kind: 'ready' });
