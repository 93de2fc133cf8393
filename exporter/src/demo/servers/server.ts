/** The protocols of the demo service, spelt as the `protocol` label. */
export const protocols = ['http1', 'http2', 'websocket', 'grpc'] as const;
export type Protocol = (typeof protocols)[number];

/** One of the demo service's servers, on a free port of the loopback address. */
export interface ProtocolServer {
  /** Resolves with the address that clients of the protocol take. */
  start(): Promise<string>;
  /** Breaks off what is still open. */
  stop(): Promise<void>;
  /** From here on nothing is answered, while connections stay open. */
  hang(): void;
  /** Ends {@link hang}. */
  resume(): void;
}

export const LOOPBACK = '127.0.0.1';

/** What requests pass before they are handled; while it is shut, they wait there. */
export class Gate {
  #open: Promise<void> | undefined;
  #release: () => void = () => {};

  shut(): void {
    this.#open ??= new Promise((resolve) => (this.#release = resolve));
  }

  open(): void {
    this.#open = undefined;
    this.#release();
  }

  /** Undefined while the gate is open, so that passing costs nothing. */
  get wait(): Promise<void> | undefined {
    return this.#open;
  }
}
