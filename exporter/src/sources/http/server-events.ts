import { Server as HttpServer } from 'node:http';
import { createSecureServer, createServer } from 'node:http2';
import { Server as HttpsServer } from 'node:https';
import type { EventEmitter } from 'node:events';
import { patch } from './patch.js';

/** A server of node:http, node:https or node:http2. */
export type AnyServer = EventEmitter;

export interface ServerEvent {
  readonly server: AnyServer;
  /** What the server is made for; one of http2 may also speak HTTP/1. */
  readonly kind: 'http' | 'https' | 'http2';
  readonly name: string;
  readonly args: readonly unknown[];
}

type Emit = (this: AnyServer, name: string | symbol, ...args: unknown[]) => boolean;

/** What is seen of servers while it is observed. */
export interface ServerObservation {
  /** Names of the events that are seen; what is taken out is seen no more. */
  readonly names: Set<string | symbol>;
  stop(): void;
}

/**
 * Sees what all servers of this process emit, those that exist already included, just before their
 * listeners do. Node has no diagnostics channel for any of it, and a listener would change what the
 * server does: with one, 'clientError' and 'timeout' are no longer answered by default, and
 * 'upgrade' requests no longer served as ordinary ones. So `emit` is wrapped on the prototypes, which
 * leaves the modules' exports as they are.
 */
export function observeServers(observe: (event: ServerEvent) => void): ServerObservation {
  const kinds: readonly [ServerEvent['kind'], object][] = [
    ['http', HttpServer.prototype],
    ['https', HttpsServer.prototype],
    // These classes are not exported.
    ['http2', Object.getPrototypeOf(createServer()) as object],
    ['http2', Object.getPrototypeOf(createSecureServer({})) as object],
  ];
  const names = new Set<string | symbol>([
    'connection',
    'secureConnection',
    'session',
    'stream',
    'upgrade',
    'connect',
    'timeout',
    'clientError',
    'tlsClientError',
    'sessionError',
    'unknownProtocol',
  ]);
  const restore = kinds.map(([kind, prototype]) =>
    patch<Emit>(prototype, 'emit', (original) => {
      return function emit(name, ...args) {
        // The one that comes with every request is the one that need not be seen.
        if (name !== 'request' && names.has(name)) {
          observe({ server: this, kind, name: name as string, args });
        }
        return original().call(this, name, ...args);
      };
    }),
  );
  return {
    names,
    stop: () => {
      names.clear();
      for (const undo of restore) undo();
    },
  };
}
