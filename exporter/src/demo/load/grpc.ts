import grpc from '@grpc/grpc-js';
import type { Clock } from '../../lib/clock.js';
import { inventoryService, type OrderReply } from '../inventory-service.js';
import type { Random } from '../random.js';
import { PATIENCE, someProduct, type LoadClient } from './client.js';
import { Rotation } from './rotation.js';

const CHANNELS = 3;
const WATCH_AGAIN = 2000;

/** What the caller did wrong or has to live with is no failure of the service. */
const answered: readonly grpc.status[] = [
  grpc.status.OK,
  grpc.status.NOT_FOUND,
  grpc.status.FAILED_PRECONDITION,
];

/** Other services that call the shop's inventory, and one that watches what is shipped. */
export class GrpcClient implements LoadClient {
  readonly #callers: Rotation<grpc.Client>;
  readonly #watcher: grpc.Client;
  readonly #random: Random;
  readonly #clock: Clock;
  #watch: grpc.ClientReadableStream<OrderReply> | undefined;
  #closed = false;

  constructor(target: string, random: Random, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
    // Clients of the same address would otherwise share one connection.
    const options = { 'grpc.use_local_subchannel_pool': 1 };
    const open = (): grpc.Client =>
      new grpc.Client(target, grpc.credentials.createInsecure(), options);
    this.#callers = new Rotation({
      size: CHANNELS,
      clock,
      random,
      open,
      isUsable: () => true,
      close: (client) => client.close(),
    });
    this.#watcher = open();
    this.#watchShipped();
  }

  exchange(): Promise<void> {
    const random = this.#random;
    const product = someProduct(random);
    return random.next() < 0.2
      ? this.#call(inventoryService.placeOrder, { product, quantity: 1 + random.skewed(5) })
      : this.#call(inventoryService.getStock, { product });
  }

  close(): void {
    this.#closed = true;
    this.#watch?.cancel();
    this.#watcher.close();
    for (const client of this.#callers) client.close();
  }

  #call<Q, R>(
    {
      path,
      requestSerialize,
      responseDeserialize,
    }: Pick<grpc.MethodDefinition<Q, R>, 'path' | 'requestSerialize' | 'responseDeserialize'>,
    request: Q,
  ): Promise<void> {
    const options = { deadline: Date.now() + PATIENCE };
    return new Promise((resolve, reject) => {
      this.#callers
        .pick()
        .makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          options,
          (error) => {
            if (error === null || answered.includes(error.code)) resolve();
            else reject(error);
          },
        );
    });
  }

  #watchShipped(): void {
    const { path, requestSerialize, responseDeserialize } = inventoryService.watchShipped;
    const watch = this.#watcher.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      {},
    );
    this.#watch = watch;
    watch.resume();
    // An error comes before 'close', which opens the next stream.
    watch.on('error', () => {});
    watch.on('close', () => {
      if (!this.#closed) this.#clock.schedule(() => this.#watchAgain(), WATCH_AGAIN);
    });
  }

  #watchAgain(): void {
    if (!this.#closed) this.#watchShipped();
  }
}
