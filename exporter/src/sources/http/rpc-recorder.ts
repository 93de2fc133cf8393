import { DurationHistogram } from './duration-histogram.js';
import type { Exchange } from './exchange.js';
import { parseMethodPath, UNIMPLEMENTED } from './grpc.js';
import { OTHER } from './protocol.js';

export interface RpcRecord {
  readonly labels: Readonly<Record<string, string>>;
  readonly duration: DurationHistogram;
}

/** Records finished gRPC calls by method and status. */
export class RpcRecorder {
  readonly records: RpcRecord[] = [];
  readonly #limit: number;
  readonly #paths = new Map<string, Map<number, RpcRecord>>();

  /** @param limit label sets after which further methods are not told apart. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Records a call and answers under which path: its own, or `_OTHER` for a method that no answer has
   * shown to exist. Clients can call whatever they make up, and it is answered with UNIMPLEMENTED.
   */
  record(exchange: Exchange, seconds: number): string {
    const { rpcPath, rpcStatus } = exchange;
    const path = this.#paths.has(rpcPath) || this.#isProven(exchange) ? rpcPath : OTHER;
    const record = this.#paths.get(path)?.get(rpcStatus) ?? this.#open(path, rpcStatus);
    record.duration.observe(seconds);
    return path;
  }

  #isProven({ rpcPath, rpcStatus, status }: Exchange): boolean {
    return (
      status !== 0 &&
      rpcStatus !== UNIMPLEMENTED &&
      parseMethodPath(rpcPath) !== undefined &&
      this.records.length < this.#limit
    );
  }

  #open(path: string, status: number): RpcRecord {
    const name = parseMethodPath(path) ?? { service: OTHER, method: OTHER };
    const record = {
      labels: {
        protocol: 'grpc',
        rpc_system: 'grpc',
        rpc_service: name.service,
        rpc_method: name.method,
        rpc_grpc_status_code: String(status),
      },
      duration: new DurationHistogram(),
    };
    let byStatus = this.#paths.get(path);
    if (byStatus === undefined) {
      byStatus = new Map();
      this.#paths.set(path, byStatus);
    }
    byStatus.set(status, record);
    this.records.push(record);
    return record;
  }
}
