import { Inject, Injectable } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import type { Aggregates, Saved, WorkingSet } from '#saga';
import { nameOf, type Claim, type KeyRow } from '../../idempotency/key.js';
import { claimKeys, enqueueAnswers, giveBackKeys, readKeys } from '../../idempotency/key.repository.js';
import { noCharge, type ChargeRecord, type ChargeRecordKey } from '../charge/charge-record.js';
import type { ChargeRequest } from './charge-request.js';
import { ChargeRepository } from '../store/charge.repository.js';

/** One statement claims the keys of a batch, one locks the charges that they name, one saves the decisions. */
@Injectable()
export class ChargeRequestRepository implements Aggregates<PgTransaction, ChargeRequest, Claim> {
  constructor(@Inject(ChargeRepository) private readonly charges: ChargeRepository) {}

  async load(tx: PgTransaction, claims: readonly Claim[]): Promise<WorkingSet<ChargeRequest, Claim>> {
    const ours = await claimKeys(tx, claims);
    const requests = await takenBefore(
      tx,
      claims.filter((claim) => !ours.has(nameOf(claim))),
    );
    const named = claims.flatMap((claim) => (ours.has(nameOf(claim)) ? (namedCharge(claim) ?? []) : []));
    const charges = named.length > 0 ? await this.charges.load(tx, named) : undefined;
    return {
      // Two requests of one batch may name the same charge: the second sees the decision of the first.
      get: (claim) => {
        const request = requests.get(nameOf(claim));
        if (request) return request;
        const charge = namedCharge(claim);
        return { state: 'claimed', charge: charge ? charges!.get(charge) : noCharge(claim.key) };
      },
      set: (claim, request) => {
        requests.set(nameOf(claim), request);
        const charge = namedCharge(claim);
        if (charge && request.state === 'decided') charges!.set(charge, request.charge);
      },
      contextOf: () => undefined,
    };
  }

  async save(tx: PgTransaction, changed: readonly Saved<ChargeRequest, Claim>[]): Promise<readonly never[]> {
    const withdrawn = changed.filter(({ state }) => state.state === 'withdrawn').map(({ key }) => key);
    if (withdrawn.length > 0) giveBackKeys(tx, withdrawn);
    const answers = changed.flatMap(({ key: { account, key }, state }) =>
      state.state === 'decided' && state.answer ? [{ account, key, answer: state.answer }] : [],
    );
    if (answers.length > 0) enqueueAnswers(tx, answers);
    const records = changedCharges(changed);
    if (records.length > 0) this.charges.enqueue(tx, records);
    return [];
  }
}

/** The existing charge that the request names; null when the request opens one, or names none. */
const namedCharge = ({ chargeId, subject }: Claim): ChargeRecordKey | null =>
  subject === null || chargeId === null ? null : { chargeId };

async function takenBefore(tx: PgTransaction, claims: readonly Claim[]): Promise<Map<string, ChargeRequest>> {
  const rows = claims.length > 0 ? await readKeys(tx, claims) : new Map<string, KeyRow>();
  return new Map(
    claims.map(nameOf).map((name) => {
      const row = rows.get(name);
      // The reaper pruned the key between the two statements: retry the batch.
      if (!row) throw new KeyVanishedError();
      return [name, { state: 'taken', row }];
    }),
  );
}

interface ChangedCharge {
  readonly record: ChargeRecord;
  readonly traceparent: string | undefined;
  readonly requests: readonly Claim[];
}

/** Each changed charge once, after the last request of the batch. */
function changedCharges(changed: readonly Saved<ChargeRequest, Claim>[]): ChangedCharge[] {
  const last = new Map<string, ChangedCharge>();
  for (const { key, state, traceparent } of changed) {
    if (state.state !== 'decided' || state.charge.charge.state === 'none' || state.charge.unsaved.length === 0)
      continue;
    const { id } = state.charge.charge.opening;
    const known = last.get(id);
    const requests = [...(known?.requests ?? []), key];
    const isLater = !known || known.record.version < state.charge.version;
    last.set(id, isLater ? { record: state.charge, traceparent, requests } : { ...known, requests });
  }
  return [...last.values()];
}

/** Transient: a retry claims the key. */
export class KeyVanishedError extends Error {
  readonly code = 'key_vanished';
  override readonly name = 'KeyVanishedError';

  constructor() {
    super('a key was pruned while it was being claimed');
  }
}
