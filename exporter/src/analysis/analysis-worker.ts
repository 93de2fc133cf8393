import { getPriority, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { KymoError } from '../lib/errors.js';
import type { AnalysisReply, AnalysisRequest, AnalysisStart } from './analysis-messages.js';
import { tasks } from './tasks/index.js';
import type { Check, TaskAnswer } from './tasks/task.js';

/** The thread that analyses run in: what comes out of queries goes in, and whole answers come out. */
if (parentPort === null) throw new Error('this file runs in a worker thread only');
const port = parentPort;
const { cancel, timeout } = workerData as AnalysisStart;
const cancelled = new Uint8Array(cancel);
const text = new TextEncoder();
// Ticks go first, then queries. On Linux this is the thread's own priority.
if (platform() === 'linux') setPriority(Math.min(19, getPriority() + 10));

port.on('message', (request: AnalysisRequest) => {
  const deadline = performance.now() + timeout;
  const check: Check = () => {
    if (Atomics.load(cancelled, 0) === 1) {
      throw new KymoError('canceled', 'nobody waits for it any more');
    }
    if (performance.now() > deadline) {
      throw new KymoError(
        'timeout',
        `the analysis takes longer than ${timeout / 1000} s (\`analysis.timeout\`); choose fewer series, a shorter range or a longer step`,
      );
    }
  };
  const reply = answered(request, check);
  port.postMessage(reply, reply.ok ? [reply.body.buffer as ArrayBuffer] : []);
});

function answered({ id, task, input }: AnalysisRequest, check: Check): AnalysisReply {
  try {
    const run = tasks[task] as (input: object, check: Check) => TaskAnswer;
    const { data, warnings, infos } = run(input, check);
    return { id, ok: true, body: text.encode(data), warnings, infos };
  } catch (thrown) {
    // Anything else is a fault of the program: it ends this thread, and another is started.
    if (!(thrown instanceof KymoError)) throw thrown;
    return { id, ok: false, code: thrown.code, message: thrown.message };
  }
}
