import { getPriority, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { HeadReplica } from '../series/replica.js';
import { KymoError } from '../lib/errors.js';
import { answer, errorAnswer, type ApiAnswer } from './api/answer.js';
import { planHistory } from './api/history-plan.js';
import type { OperationContext, OperationName } from './api/operations.js';
import { QueryParameters } from './api/parameters.js';
import { ResultEncoder } from './encode.js';
import {
  MAX_REQUESTS,
  type FromWorker,
  type HistoryAnswer,
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

const waiting = new Map<number, (answer: HistoryAnswer) => void>();

const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

const reply = (id: number, { status, contentType, body }: ApiAnswer): void => {
  const bytes = text.encode(body);
  send({ kind: 'answer', id, status, contentType, body: bytes }, [bytes.buffer]);
};

function answerRequest(id: number, operation: OperationName, request: RequestContext): void {
  const { context, headFrom } = request;
  // Without history nothing is done before the operation itself.
  const plan = headFrom === -Infinity ? context : planHistory(operation, context, headFrom);
  if (!('requests' in plan)) {
    reply(id, answer(operation, plan));
    return;
  }
  waiting.set(id, (history) => {
    if ('code' in history) reply(id, errorAnswer(new KymoError(history.code, history.message)));
    else reply(id, answer(operation, plan.context(history.excerpts)));
  });
  send({ kind: 'history', id, requests: plan.requests });
}

interface RequestContext {
  readonly context: OperationContext;
  readonly headFrom: number;
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'changes':
      replica.apply(message.changes);
      return;
    case 'history': {
      const resume = waiting.get(message.id);
      waiting.delete(message.id);
      resume?.(message.answer);
      return;
    }
    case 'request': {
      const slot = message.id % MAX_REQUESTS;
      const context: OperationContext = {
        reader: replica,
        parameters: new QueryParameters(new URLSearchParams(message.parameters)),
        limits,
        encoder,
        now: message.now,
        monotonic: () => performance.now(),
        cancelled: () => Atomics.load(cancelled, slot) === 1,
      };
      answerRequest(message.id, message.operation, { context, headFrom: message.headFrom });
    }
  }
});
send({ kind: 'ready' });
