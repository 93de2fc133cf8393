import { getPriority, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { HeadReplica } from '../series/replica.js';
import { answer } from './api/answer.js';
import { QueryParameters } from './api/parameters.js';
import { ResultEncoder } from './encode.js';
import {
  MAX_REQUESTS,
  type FromWorker,
  type ToWorker,
  type WorkerStart,
} from './query-messages.js';

/**
 * The thread that ad hoc queries run in: over the head's own memory, with an index of its own, and
 * with whole encoded answers, so that neither a heavy query nor its answer holds up a tick.
 */
if (parentPort === null) throw new Error('this file runs in a worker thread only');
const port = parentPort;
const { tables, limits, cancel } = workerData as WorkerStart;
// Where processors are scarce, the tick goes first. On Linux this is the thread's own priority.
if (platform() === 'linux') setPriority(Math.min(19, getPriority() + 5));
const replica = new HeadReplica(tables);
const encoder = new ResultEncoder();
const cancelled = new Uint8Array(cancel);
const text = new TextEncoder();

const reply = (message: FromWorker, transfer: ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'changes':
      replica.apply(message.changes);
      return;
    case 'request': {
      const slot = message.id % MAX_REQUESTS;
      const { status, contentType, body } = answer(message.operation, {
        reader: replica,
        parameters: new QueryParameters(new URLSearchParams(message.parameters)),
        limits,
        encoder,
        now: message.now,
        monotonic: () => performance.now(),
        cancelled: () => Atomics.load(cancelled, slot) === 1,
      });
      const bytes = text.encode(body);
      const answered: FromWorker = {
        kind: 'answer',
        id: message.id,
        status,
        contentType,
        body: bytes,
      };
      reply(answered, [bytes.buffer]);
    }
  }
});
reply({ kind: 'ready' });
