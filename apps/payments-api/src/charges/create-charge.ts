import assert from 'node:assert/strict';
import { answer, become, unchanged, type AggregateType, type Work } from '#saga';
import type { Answer } from '../http/stripe-error.js';
import { nameOf, type Claim, type GivenAnswer, type KeyRow } from '../idempotency/key.js';
import { noCharge, record, type ChargeRecord } from './charge-record.js';
import { requestOf, type Details, type Opening, type Requested } from './charge.js';

/** A key on its way to its charge. Loading it claims the key; there is no other state before that. */
export type Creation =
  | { readonly state: 'claimed' }
  /** The key was there before. */
  | { readonly state: 'taken'; readonly row: KeyRow }
  | { readonly state: 'opened'; readonly charge: ChargeRecord }
  /** A card that is refused at the edge: an answer, and no charge. */
  | { readonly state: 'refused'; readonly answer: GivenAnswer };

export const creations: AggregateType<Creation> = { kind: 'charge_creation', restate: () => [] };

export type Created =
  { readonly kind: 'opened' } | { readonly kind: 'refused' } | { readonly kind: 'taken'; readonly row: KeyRow };

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
      const charge = record(noCharge(claim.key), { type: 'opened', opening: { ...opening, openedAt: now }, details });
      const opened: Creation = { state: 'opened', charge };
      return answer(become<Creation>(opened, requestOf(charge.charge as Requested)), { kind: 'opened' });
    },
  };
}

/** A card refused at the edge is answered like a bank's decline: stored, and the same ever after. */
export function refuseCharge(claim: Claim, refusal: Answer): Work<Creation, Created> {
  return {
    aggregate: creations,
    id: nameOf(claim),
    decide: (creation) => {
      if (creation.state === 'taken') return answer(unchanged(creation), { kind: 'taken', row: creation.row });
      const refused: Creation = {
        state: 'refused',
        answer: { account: claim.account, key: claim.key, answer: refusal },
      };
      return answer(become<Creation>(refused), { kind: 'refused' });
    },
  };
}
