import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { nameOf, type Claim, type KeyName, type KeyRow } from './key.js';

/** Outcome of a claim: ours, taken by an earlier request, or unknown after a failure. */
export type ClaimOutcome =
  { readonly kind: 'ours' } | { readonly kind: 'taken'; readonly row: KeyRow } | { readonly kind: 'failed' };

export interface HeldClaim {
  readonly claim: Claim;
  /** Resolves with the commit of the claim. */
  readonly outcome: Promise<ClaimOutcome>;
}

/**
 * Keys that requests of this process are claiming. A second request under the same key waits for the outcome of the
 * first claim and needs no query.
 */
@Injectable()
export class OpenClaims {
  private readonly byName = new Map<string, HeldClaim>();

  find(name: KeyName): HeldClaim | undefined {
    return this.byName.get(nameOf(name));
  }

  /** Registers the claim until `release`; `settle` must be called before. */
  hold(claim: Claim): { settle(outcome: ClaimOutcome): void; release(): void } {
    const name = nameOf(claim);
    assert(!this.byName.has(name), 'a key is held by one request at a time');
    const { promise: outcome, resolve } = Promise.withResolvers<ClaimOutcome>();
    this.byName.set(name, { claim, outcome });
    return { settle: resolve, release: () => void this.byName.delete(name) };
  }
}
