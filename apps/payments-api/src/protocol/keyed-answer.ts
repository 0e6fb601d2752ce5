import type { ApiResponse } from './stripe-error.js';

/** An answer that is stored under an idempotency key, with the id of the request that got it first. */
export interface KeyedAnswer {
  readonly answer: ApiResponse;
  readonly originalRequestId: string;
}

/** Objects of the API have names with underscores. */
export const isKeyedAnswer = (result: object): result is KeyedAnswer => 'originalRequestId' in result;
