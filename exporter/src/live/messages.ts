import { LIVE_VERSION, type LiveError, type LiveId } from '@kymo/contract';

/** Texts of the messages to clients, but frames and schemas, which ./columns.ts and ./topic.ts make. */

export interface Hello {
  readonly epoch: string;
  readonly time: number;
  readonly tick: number;
}

export const PONG = '{"type":"pong"}';

export function helloMessage({ epoch, time, tick }: Hello): string {
  return JSON.stringify({ type: 'hello', version: LIVE_VERSION, epoch, time, tick });
}

export function subscribedMessage(id: LiveId, topic: string): string {
  return JSON.stringify({ type: 'subscribed', id, topic });
}

/** @param topic where the error is one of a topic and not of a message */
export function errorMessage(error: LiveError, topic?: string): string {
  const { id, code, message } = error;
  return JSON.stringify({ type: 'error', id, topic, code, message });
}

export interface Gap {
  readonly missed: number;
  /** Sequence numbers of the first and the last that is missed. */
  readonly from: number;
  readonly to: number;
}

export function gapMessage(topic: string, { missed, from, to }: Gap): string {
  return `{"type":"gap","topic":"${topic}","missed":${missed},"from":${from},"to":${to}}`;
}
