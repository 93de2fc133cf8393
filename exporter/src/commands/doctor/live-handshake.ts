import { WebSocket } from 'ws';
import { messageOf } from '../../lib/errors.js';

const PATIENCE = 5000;

/**
 * Opens a live stream and waits for its greeting.
 * @returns what is wrong; undefined where nothing is
 */
export function liveHandshake(url: string, authorization: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      headers: authorization === '' ? {} : { authorization },
      handshakeTimeout: PATIENCE,
    });
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      resolve(problem);
      socket.terminate();
    };
    const timer = setTimeout(() => end('no greeting came'), PATIENCE);
    socket.on('message', () => end(undefined));
    socket.on('error', (error) => end(messageOf(error)));
    socket.on('close', (code) => end(`it was closed with ${code}`));
  });
}
