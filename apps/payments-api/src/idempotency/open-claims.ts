import assert from 'node:assert/strict';
import { nameOf, type Claim, type KeyName } from './key.js';

/**
 * The keys that this process is working on at this moment. A second request under one of them is refused
 * here, without a look at the database; the batch that claims keys finds its claims here by name.
 */
export class OpenClaims {
  private readonly byName = new Map<string, Claim>();

  find(name: KeyName): Claim | undefined {
    return this.byName.get(nameOf(name));
  }

  /** The claims of these names, as `nameOf` writes them; every one must be held. */
  held(names: readonly string[]): Claim[] {
    return names.map((name) => {
      const claim = this.byName.get(name);
      assert(claim, 'a key is claimed only while its request holds it');
      return claim;
    });
  }

  /** @returns what ends the holding */
  hold(claim: Claim): () => void {
    const name = nameOf(claim);
    assert(!this.byName.has(name), 'a key is held by one request at a time');
    this.byName.set(name, claim);
    return () => void this.byName.delete(name);
  }
}
