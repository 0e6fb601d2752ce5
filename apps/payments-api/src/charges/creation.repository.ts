import assert from 'node:assert/strict';
import { Inject, Injectable } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import type { Aggregates, Saved, WorkingSet } from '#saga';
import { nameOf, type KeyRow } from '../idempotency/key.js';
import { claimKeys, readKeys, storeAnswers } from '../idempotency/key.repository.js';
import { OpenClaims } from '../idempotency/open-claims.js';
import { saveStatement, saveValues } from './charge.repository.js';
import type { Creation } from './create-charge.js';

/** Claims the keys of a batch in one statement, and writes what was opened under them in another. */
@Injectable()
export class CreationRepository implements Aggregates<PgTransaction, Creation> {
  constructor(@Inject(OpenClaims) private readonly claims: OpenClaims) {}

  async load(tx: PgTransaction, names: readonly string[]): Promise<WorkingSet<Creation>> {
    const claims = this.claims.held(names);
    const ours = await claimKeys(tx, claims);
    const others = claims.filter((claim) => !ours.has(nameOf(claim)));
    const rows = others.length > 0 ? await readKeys(tx, others) : new Map<string, KeyRow>();
    const creations = new Map<string, Creation>();
    for (const name of ours) creations.set(name, { state: 'claimed' });
    for (const claim of others) {
      const row = rows.get(nameOf(claim));
      // Pruned between the two statements, in its very last moment: the whole batch may simply try again.
      if (!row) throw new KeyVanishedError();
      creations.set(nameOf(claim), { state: 'taken', row });
    }
    return {
      get: (name) => {
        const creation = creations.get(name);
        assert(creation, 'only what was loaded is decided on');
        return creation;
      },
      set: (name, creation) => void creations.set(name, creation),
    };
  }

  async save(tx: PgTransaction, changed: readonly Saved<Creation>[]): Promise<void> {
    const refusals = changed.flatMap(({ state }) => (state.state === 'refused' ? [state.answer] : []));
    if (refusals.length > 0) await storeAnswers(tx, refusals);
    const opened = changed.flatMap(({ state, traceparent }) =>
      state.state === 'opened' ? [{ record: state.charge, traceparent }] : [],
    );
    if (opened.length > 0) tx.enqueue(saveStatement, saveValues(opened, []));
  }
}

/** Transient: what was in the way is gone. */
export class KeyVanishedError extends Error {
  readonly code = 'key_vanished';
  override readonly name = 'KeyVanishedError';

  constructor() {
    super('a key was pruned while it was being claimed');
  }
}
