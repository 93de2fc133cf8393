import http2 from 'node:http2';
import { text } from 'node:stream/consumers';
import grpc from '@grpc/grpc-js';
import { WebSocket } from 'ws';
import { inventoryService } from '../../src/demo/inventory-service.js';
import type { Protocol } from '../../src/demo/servers/server.js';

export const SILENT = 'no answer';

/**
 * One question about a product over each protocol, with a connection of its own. Resolves with how
 * it was answered: `'ok'`, the protocol's word for the error, or {@link SILENT} after `patience`
 * milliseconds.
 */
export const ask: Record<
  Protocol,
  (address: string, product: number, patience: number) => Promise<string>
> = {
  async http1(address, product, patience) {
    try {
      const response = await fetch(`${address}/api/products/${product}`, {
        signal: AbortSignal.timeout(patience),
      });
      await response.text();
      return response.ok ? 'ok' : String(response.status);
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === 'TimeoutError') return SILENT;
      throw thrown;
    }
  },

  async http2(address, product, patience) {
    const session = http2.connect(address);
    const stream = session.request({ ':path': `/products/${product}` });
    try {
      const answered = new Promise<string>((resolve, reject) => {
        stream.once('response', (headers) => {
          const status = headers[':status'];
          text(stream).then(() => resolve(status === 200 ? 'ok' : String(status)), reject);
        });
        stream.once('error', reject);
        stream.once('close', () => reject(new Error('the stream was cut off')));
      });
      return await within(answered, patience);
    } finally {
      session.destroy();
    }
  },

  async websocket(address, product, patience) {
    const socket = new WebSocket(address);
    try {
      const answered = new Promise<string>((resolve, reject) => {
        socket.once('open', () => socket.send(JSON.stringify({ id: 1, type: 'price', product })));
        socket.on('message', (data) => {
          const answer = JSON.parse((data as Buffer).toString()) as { id?: number; code?: string };
          if (answer.id === 1) resolve(answer.code ?? 'ok');
        });
        socket.once('error', reject);
        socket.once('close', () => reject(new Error('the session was cut off')));
      });
      return await within(answered, patience);
    } finally {
      socket.terminate();
    }
  },

  async grpc(address, product, patience) {
    const client = new grpc.Client(address, grpc.credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = inventoryService.getStock;
    try {
      const answered = new Promise<string>((resolve) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { product }, (error) =>
          resolve(error === null ? 'ok' : grpc.status[error.code]),
        );
      });
      return await within(answered, patience);
    } finally {
      client.close();
    }
  },
};

async function within(answered: Promise<string>, patience: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(SILENT), patience);
  });
  // What fails because the connection is given up concerns nobody any more.
  answered.catch(() => {});
  try {
    return await Promise.race([answered, silent]);
  } finally {
    clearTimeout(timer);
  }
}
