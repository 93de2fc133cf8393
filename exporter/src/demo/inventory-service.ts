import type grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs/light.js';

export interface StockRequest {
  product: number;
}
export interface StockReply {
  product: number;
  stock: number;
}
export interface OrderRequest {
  product: number;
  quantity: number;
}
export interface OrderReply {
  id: number;
  cents: number;
  status: string;
}
export type WatchRequest = Record<string, never>;

const { Field, Type } = protobuf;

/** Reads and writes one protobuf message; fields are numbered in the order given. */
function message<T extends object>(name: string, fields: Record<keyof T & string, string>) {
  const type = new Type(name);
  Object.entries<string>(fields).forEach(([field, kind], index) => {
    type.add(new Field(field, index + 1, kind));
  });
  return {
    write: (value: T): Buffer => Buffer.from(type.encode(type.create(value)).finish()),
    read: (bytes: Buffer): T => type.toObject(type.decode(bytes), { defaults: true }) as T,
  };
}

const stockRequest = message<StockRequest>('StockRequest', { product: 'uint32' });
const stockReply = message<StockReply>('StockReply', { product: 'uint32', stock: 'uint32' });
const orderRequest = message<OrderRequest>('OrderRequest', {
  product: 'uint32',
  quantity: 'uint32',
});
const orderReply = message<OrderReply>('OrderReply', {
  id: 'uint32',
  cents: 'uint32',
  status: 'string',
});
const watchRequest = message<WatchRequest>('WatchRequest', {});

/** The gRPC service `shop.v1.Inventory`, for servers and clients. */
export const inventoryService = {
  getStock: {
    path: '/shop.v1.Inventory/GetStock',
    requestStream: false,
    responseStream: false,
    requestSerialize: stockRequest.write,
    requestDeserialize: stockRequest.read,
    responseSerialize: stockReply.write,
    responseDeserialize: stockReply.read,
  },
  placeOrder: {
    path: '/shop.v1.Inventory/PlaceOrder',
    requestStream: false,
    responseStream: false,
    requestSerialize: orderRequest.write,
    requestDeserialize: orderRequest.read,
    responseSerialize: orderReply.write,
    responseDeserialize: orderReply.read,
  },
  /** Streams each order when it is shipped. */
  watchShipped: {
    path: '/shop.v1.Inventory/WatchShipped',
    requestStream: false,
    responseStream: true,
    requestSerialize: watchRequest.write,
    requestDeserialize: watchRequest.read,
    responseSerialize: orderReply.write,
    responseDeserialize: orderReply.read,
  },
} satisfies grpc.ServiceDefinition;
