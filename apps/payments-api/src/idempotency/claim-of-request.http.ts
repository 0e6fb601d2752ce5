import type { FastifyRequest } from 'fastify';
import { token } from '#service';
import type { KeyedHash } from '../accounts/keyed-hash.js';
import { endpointOf, headerOf, parametersOf } from '../http/api-request.http.js';
import { fingerprintOfRequest } from './fingerprint.js';
import { internalKey, readKey, type RequestClaim } from './key.js';

/** Parts of a claim that belong to the process. */
export interface ClaimParts {
  readonly hash: KeyedHash;
  /** Lease holder id of this process. */
  readonly holder: string;
  readonly answerWithinMs: number;
}

export const CLAIM_PARTS = token<ClaimParts>('claim parts');

/** @throws StripeError 400 for an invalid key */
export function claimOfRequest(request: FastifyRequest, parts: ClaimParts): RequestClaim {
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
  };
}
