import assert from 'node:assert/strict';
import { answer, become, unchanged, type AggregateType, type Work } from '#saga';
import { nameOf, type Claim, type KeyRow } from '../idempotency/key.js';
import { noCharge, record, type ChargeRecord } from './charge-record.js';
import { requestOf, type Details, type Opening, type Requested } from './charge.js';

/** A key on its way to its charge. Loading it claims the key; there is no other state before that. */
export type Creation =
  | { readonly state: 'claimed' }
  /** The key was there before. */
  | { readonly state: 'taken'; readonly row: KeyRow }
  | { readonly state: 'opened'; readonly key: string; readonly charge: ChargeRecord };

export const creations: AggregateType<Creation> = { kind: 'charge_creation', restate: () => [] };

export type Created =
  | { readonly kind: 'opened' }
  /** The claim brought its answer along, and is all there is. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'taken'; readonly row: KeyRow };

/**
 * The command behind `POST /v1/charges`: under a key that is ours, open the charge and ask for its money;
 * under one that is not, say what stands there.
 */
export function createCharge(
  claim: Claim,
  opening: Omit<Opening, 'openedAt'>,
  details: Details,
  traceparent: string | undefined,
): Work<Creation, Created> {
  return {
    aggregate: creations,
    id: nameOf(claim),
    account: claim.account,
    traceparent,
    decide: (creation, now) => {
      if (creation.state === 'taken') return answer(unchanged(creation), { kind: 'taken', row: creation.row });
      assert(creation.state === 'claimed', 'a key opens one charge');
      const charge = record(noCharge, { type: 'opened', opening: { ...opening, openedAt: now }, details });
      const opened: Creation = { state: 'opened', key: claim.key, charge };
      return answer(become<Creation>(opened, requestOf(charge.charge as Requested)), { kind: 'opened' });
    },
  };
}

/** A card refused at the edge: the claim carries the answer, so claiming is all that is left to do. */
export function refuseCharge(claim: Claim): Work<Creation, Created> {
  assert(claim.answer, 'a refusal is known when its key is claimed');
  return {
    aggregate: creations,
    id: nameOf(claim),
    decide: (creation) =>
      answer(
        unchanged(creation),
        creation.state === 'taken' ? { kind: 'taken', row: creation.row } : { kind: 'refused' },
      ),
  };
}
