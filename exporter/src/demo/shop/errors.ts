export type ShopErrorCode =
  'bad_request' | 'not_found' | 'sold_out' | 'declined' | 'overloaded' | 'unavailable' | 'timeout';

/** A request that the shop cannot fulfil; each protocol says it in its own status codes. */
export class ShopError extends Error {
  readonly code: ShopErrorCode;

  constructor(code: ShopErrorCode, message: string) {
    super(message);
    this.name = 'ShopError';
    this.code = code;
  }
}
