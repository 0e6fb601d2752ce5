import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeyedHash } from '../accounts/keyed-hash.js';
import { endpointOf, headerOf, parametersOf, send } from '../http/api-request.http.js';
import { fingerprintOfRequest } from './fingerprint.js';
import { internalKey, readKey, type Claim, type KeyedAnswer, type Subject } from './key.js';

/** What the process adds to every claim. */
export interface ClaimParts {
  readonly hash: KeyedHash;
  /** This process, as it holds its leases. */
  readonly holder: string;
  readonly answerWithinMs: number;
}

/** @throws StripeError 400 for a key that is none */
export function claimOfRequest(
  request: FastifyRequest,
  parts: ClaimParts,
  given: { chargeId: string | null; subject: Subject; expand: readonly string[] },
): Claim {
  const { account, requestId, apiVersion } = request.api;
  return {
    account,
    key: readKey(headerOf(request, 'idempotency-key')) ?? internalKey(requestId),
    endpoint: endpointOf(request),
    fingerprint: fingerprintOfRequest(parametersOf(request), parts.hash),
    requestId,
    apiVersion,
    holder: parts.holder,
    answerWithinMs: parts.answerWithinMs,
    ...given,
  };
}

/** Stripe's headers around an answer under a key: whose it was first, and whether this is a replay. */
export function sendKeyed(
  request: FastifyRequest,
  reply: FastifyReply,
  { answer, originalRequestId }: KeyedAnswer,
): void {
  const key = headerOf(request, 'idempotency-key');
  const headers =
    key === undefined
      ? {}
      : {
          'idempotency-key': key,
          'original-request': originalRequestId,
          ...(originalRequestId !== request.api.requestId && { 'idempotent-replayed': 'true' }),
        };
  send(reply, answer.status, answer.body, headers);
}
