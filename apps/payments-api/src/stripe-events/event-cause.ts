import { requestIdOfInternalKey, type RequestClaim } from '../idempotency/key.js';

/** The request that caused an event, as the event shows it. */
export interface EventCause {
  readonly requestId: string;
  /** Null when the request came without an idempotency key. */
  readonly key: string | null;
}

export function causeOf({ key, requestId }: Pick<RequestClaim, 'key' | 'requestId'>): EventCause {
  return { requestId, key: requestIdOfInternalKey(key) === undefined ? key : null };
}
