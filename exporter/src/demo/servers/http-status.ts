import { ShopError, type ShopErrorCode } from '../shop/errors.js';

const statuses: Record<ShopErrorCode, number> = {
  bad_request: 400,
  declined: 402,
  not_found: 404,
  sold_out: 409,
  overloaded: 503,
  unavailable: 503,
  timeout: 504,
};

/** Status and message that answer a failed request. */
export function errorAnswer(thrown: unknown): { status: number; error: string } {
  if (thrown instanceof ShopError) return { status: statuses[thrown.code], error: thrown.message };
  return { status: 500, error: 'unexpected error' };
}
