import grpc from '@grpc/grpc-js';
import {
  inventoryService,
  type OrderReply,
  type OrderRequest,
  type StockReply,
  type StockRequest,
  type WatchRequest,
} from '../inventory-service.js';
import { ShopError, type ShopErrorCode } from '../shop/errors.js';
import type { Shop } from '../shop/shop.js';
import { Gate, LOOPBACK, type ProtocolServer } from './server.js';

const statuses: Record<ShopErrorCode, grpc.status> = {
  bad_request: grpc.status.INVALID_ARGUMENT,
  declined: grpc.status.FAILED_PRECONDITION,
  not_found: grpc.status.NOT_FOUND,
  sold_out: grpc.status.FAILED_PRECONDITION,
  overloaded: grpc.status.RESOURCE_EXHAUSTED,
  unavailable: grpc.status.UNAVAILABLE,
  timeout: grpc.status.DEADLINE_EXCEEDED,
};

/** The shop's inventory over gRPC, for other services. */
export class GrpcServer implements ProtocolServer {
  readonly #server = new grpc.Server();
  readonly #gate = new Gate();

  constructor(shop: Shop) {
    this.#server.addService(inventoryService, {
      getStock: this.#unary<StockRequest, StockReply>(async ({ product }) => ({
        product,
        stock: await shop.stock(product),
      })),
      placeOrder: this.#unary<OrderRequest, OrderReply>(({ product, quantity }) =>
        shop.placeOrder(product, quantity),
      ),
      watchShipped: (call: grpc.ServerWritableStream<WatchRequest, OrderReply>) => {
        const unfollow = shop.follow((order) => {
          if (this.#gate.wait === undefined) call.write(order);
        });
        call.on('cancelled', unfollow);
      },
    });
  }

  async start(): Promise<string> {
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(
        `${LOOPBACK}:0`,
        grpc.ServerCredentials.createInsecure(),
        (error, bound) => {
          if (error === null) resolve(bound);
          else reject(error);
        },
      );
    });
    return `${LOOPBACK}:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.forceShutdown();
  }

  hang(): void {
    this.#gate.shut();
  }

  resume(): void {
    this.#gate.open();
  }

  #unary<Q, R>(answer: (request: Q) => Promise<R>): grpc.handleUnaryCall<Q, R> {
    const handle = async (call: grpc.ServerUnaryCall<Q, R>): Promise<R | undefined> => {
      if (this.#gate.wait !== undefined) {
        await this.#gate.wait;
        // Whoever has given up meanwhile is not worked for.
        if (call.cancelled) return undefined;
      }
      return answer(call.request);
    };
    return (call, respond) => {
      handle(call).then(
        (reply) => reply !== undefined && respond(null, reply),
        (thrown: unknown) => respond(statusOf(thrown)),
      );
    };
  }
}

function statusOf(thrown: unknown): Partial<grpc.StatusObject> {
  return thrown instanceof ShopError
    ? { code: statuses[thrown.code], details: thrown.message }
    : { code: grpc.status.INTERNAL, details: 'unexpected error' };
}
