import assert from 'node:assert/strict';
import { nameOf, type Claim, type KeyName, type KeyRow } from './key.js';

/** What came of a claim: the key is ours now, was another's before, or nobody knows yet as it failed. */
export type ClaimOutcome =
  { readonly kind: 'ours' } | { readonly kind: 'taken'; readonly row: KeyRow } | { readonly kind: 'failed' };

export interface HeldClaim {
  readonly claim: Claim;
  /** Resolves with the commit; from then on the key is known to be running, or what stands there is known. */
  readonly outcome: Promise<ClaimOutcome>;
}

/**
 * The keys that this process is working on at this moment, each by one request. A second request under one
 * of them needs no look at the database of its own: what the first one's claim came to holds for it too.
 */
export class OpenClaims {
  private readonly byName = new Map<string, HeldClaim>();

  find(name: KeyName): HeldClaim | undefined {
    return this.byName.get(nameOf(name));
  }

  /** Until `release`; `cameTo` must be called before. */
  hold(claim: Claim): { cameTo(outcome: ClaimOutcome): void; release(): void } {
    const name = nameOf(claim);
    assert(!this.byName.has(name), 'a key is held by one request at a time');
    const { promise: outcome, resolve } = Promise.withResolvers<ClaimOutcome>();
    this.byName.set(name, { claim, outcome });
    return { cameTo: resolve, release: () => void this.byName.delete(name) };
  }
}
