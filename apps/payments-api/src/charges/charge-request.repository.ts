import assert from 'node:assert/strict';
import { Inject, Injectable } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import type { Aggregates, Saved, WorkingSet } from '#saga';
import { nameOf, type Claim, type KeyRow } from '../idempotency/key.js';
import { claimKeys, giveBackKeys, readKeys, storeAnswers } from '../idempotency/key.repository.js';
import { OpenClaims } from '../idempotency/open-claims.js';
import { noCharge, type ChargeRecord } from './charge-record.js';
import type { ChargeRequest } from './charge-request.js';
import { ChargeRepository, enqueueRecords } from './charge.repository.js';

/** Claims the keys of a batch in one statement, locks the charges that they name in another, and saves all that was decided in a third. */
@Injectable()
export class ChargeRequestRepository implements Aggregates<PgTransaction, ChargeRequest> {
  constructor(
    @Inject(OpenClaims) private readonly claims: OpenClaims,
    @Inject(ChargeRepository) private readonly charges: ChargeRepository,
  ) {}

  async load(tx: PgTransaction, names: readonly string[]): Promise<WorkingSet<ChargeRequest>> {
    const claims = new Map(this.claims.held(names).map((claim) => [nameOf(claim), claim]));
    const ours = await claimKeys(tx, [...claims.values()]);
    const requests = await takenBefore(
      tx,
      [...claims.values()].filter((claim) => !ours.has(nameOf(claim))),
    );
    const named = [...ours].flatMap((name) => namedCharge(claims.get(name)!) ?? []);
    const charges = named.length > 0 ? await this.charges.load(tx, [...new Set(named)].sort()) : undefined;
    return {
      // Two requests of one batch may name the same charge: each sees what the one before it decided.
      get: (name) => {
        const request = requests.get(name);
        if (request) return request;
        const claim = claims.get(name);
        assert(claim, 'only what was loaded is decided on');
        const id = namedCharge(claim);
        return { state: 'claimed', charge: id ? charges!.get(id) : noCharge(claim.key) };
      },
      set: (name, request) => {
        requests.set(name, request);
        const id = namedCharge(claims.get(name)!);
        if (id && request.state === 'decided') charges!.set(id, request.charge);
      },
    };
  }

  async save(tx: PgTransaction, changed: readonly Saved<ChargeRequest>[]): Promise<void> {
    const claims = new Map(this.claims.held(changed.map(({ id }) => id)).map((claim) => [nameOf(claim), claim]));
    const withdrawn = changed.filter(({ state }) => state.state === 'withdrawn').map(({ id }) => claims.get(id)!);
    if (withdrawn.length > 0) giveBackKeys(tx, withdrawn);
    const answers = changed.flatMap(({ id, state }) => {
      if (state.state !== 'decided' || !state.answer) return [];
      const { account, key } = claims.get(id)!;
      return [{ account, key, answer: state.answer }];
    });
    if (answers.length > 0) await storeAnswers(tx, answers);
    const records = changedCharges(changed);
    if (records.length > 0) enqueueRecords(tx, records);
  }
}

/** The charge that has to be there; null when it is opened by this very request, or there is to be none. */
const namedCharge = ({ chargeId, subject }: Claim): string | null => (subject === null ? null : chargeId);

async function takenBefore(tx: PgTransaction, claims: readonly Claim[]): Promise<Map<string, ChargeRequest>> {
  const rows = claims.length > 0 ? await readKeys(tx, claims) : new Map<string, KeyRow>();
  return new Map(
    claims.map(nameOf).map((name) => {
      const row = rows.get(name);
      // Pruned between the two statements, in its very last moment: the whole batch may simply try again.
      if (!row) throw new KeyVanishedError();
      return [name, { state: 'taken', row }];
    }),
  );
}

/** Each once, as its last request of the batch left it. */
function changedCharges(
  changed: readonly Saved<ChargeRequest>[],
): { record: ChargeRecord; traceparent: string | undefined }[] {
  const last = new Map<string, { record: ChargeRecord; traceparent: string | undefined }>();
  for (const { state, traceparent } of changed) {
    if (state.state !== 'decided' || state.charge.charge.state === 'none' || state.charge.unsaved.length === 0)
      continue;
    const { id } = state.charge.charge.opening;
    const known = last.get(id);
    if (!known || known.record.version < state.charge.version) last.set(id, { record: state.charge, traceparent });
  }
  return [...last.values()];
}

/** Transient: what was in the way is gone. */
export class KeyVanishedError extends Error {
  readonly code = 'key_vanished';
  override readonly name = 'KeyVanishedError';

  constructor() {
    super('a key was pruned while it was being claimed');
  }
}
