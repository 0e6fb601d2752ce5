import type { Instant } from '#clock';
import type { ApiResponse } from '../../protocol/stripe-error.js';
import type { GivenAnswer, KeyUse, Subject } from '../../idempotency/key.js';
import { refundState, type ChargeRefund } from '../charge/refund.js';
import { answerAbout } from './answer.js';
import type { ChargeRecord } from '../charge/charge-record.js';
import type { Charge, OpenedCharge } from '../charge/charge.js';
import { pendingCapture } from '../charge/pending.js';

/** A request that is under way. The instance that settles it stores the answer under its key. */
interface Pending {
  readonly key: string;
  readonly subject: Subject;
}

/** Answers of the requests that this batch settled. */
export function answersDue({ stored, charge, key, renderings }: ChargeRecord, now: Instant): GivenAnswer[] {
  if (charge.state === 'none' || stored.state === 'none') return [];
  const { account } = charge.opening;
  const still = new Set(pending(charge, key).map(({ subject }) => subject));
  return pending(stored, key)
    .filter(({ subject }) => !still.has(subject))
    .flatMap(({ key, subject }): GivenAnswer[] => {
      const rendering = renderings.get(key);
      const answer: ApiResponse | undefined = rendering && answerAbout(charge, subject, rendering.expand, now);
      return answer ? [{ account, key, answer, holder: rendering!.holder }] : [];
    });
}

/** Keys of captures and refunds that are under way. */
export function laterKeys(charge: OpenedCharge): KeyUse[] {
  const { id: chargeId, account } = charge.opening;
  return later(charge).map(({ key, subject }) => ({ account, key, chargeId, subject }));
}

function pending(charge: Exclude<Charge, { state: 'none' }>, key: string): Pending[] {
  return charge.state === 'requested' ? [{ key, subject: null }, ...later(charge)] : later(charge);
}

function later(charge: OpenedCharge): Pending[] {
  const capture = pendingCapture(charge);
  const refunds = charge.refunds.known.filter((refund) => refundState(refund) === 'pending');
  return [
    ...(capture ? [{ key: capture.key, subject: 'capture' as const }] : []),
    ...refunds.flatMap(({ opening: { id, key } }: ChargeRefund) =>
      key === null ? [] : [{ key, subject: id as Subject }],
    ),
  ];
}
