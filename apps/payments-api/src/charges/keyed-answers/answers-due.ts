import type { Instant } from '#clock';
import { answerInVersion } from '../../protocol/versions/render.js';
import { intentSubject, type GivenAnswer, type KeyUse, type Subject } from '../../idempotency/key.js';
import { refundState, type ChargeRefund } from '../charge/refund.js';
import type { ChargeRecord } from '../charge/charge-record.js';
import type { Charge, OpenedCharge } from '../charge/charge.js';
import { pendingCapture } from '../charge/pending.js';
import { answerAbout } from './answer.js';

/** A request that is under way. The instance that settles it stores the answer under its key. */
interface Pending {
  readonly key: string;
  readonly subject: Subject;
}

/** Answers of the requests that this batch settled. */
export function answersDue(record: ChargeRecord, now: Instant): GivenAnswer[] {
  const { stored, charge, intent, key, renderings } = record;
  if (charge.state === 'none' || stored.state === 'none') return [];
  const { account } = charge.opening;
  const still = new Set(pending(charge, key).map(({ subject }) => subject));
  return pending(stored, key)
    .filter(({ subject }) => !still.has(subject))
    .flatMap(({ key, subject }): GivenAnswer[] => {
      const rendering = renderings.get(key);
      if (!rendering) return [];
      const newest = answerAbout(charge, intent, subject, rendering.expand, now);
      return [{ account, key, answer: answerInVersion(newest, rendering.apiVersion), holder: rendering.holder }];
    });
}

/** Keys of captures and refunds that are under way. */
export function laterKeys(charge: OpenedCharge): KeyUse[] {
  const { id: chargeId, account } = charge.opening;
  return later(charge).map(({ key, subject }) => ({ account, key, chargeId, subject }));
}

function pending(charge: Exclude<Charge, { state: 'none' }>, key: string): Pending[] {
  const { paymentIntent } = charge.opening;
  const opening = paymentIntent === null ? null : intentSubject('confirm', paymentIntent);
  return charge.state === 'requested' ? [{ key, subject: opening }, ...later(charge)] : later(charge);
}

/** An authorization of an intent is captured and canceled through the intent alone. */
function later(charge: OpenedCharge): Pending[] {
  const { paymentIntent } = charge.opening;
  const capture = pendingCapture(charge);
  const refunds = charge.refunds.known.filter((refund) => refundState(refund) === 'pending');
  return [
    ...(capture
      ? [{ key: capture.key, subject: paymentIntent === null ? 'capture' : intentSubject('capture', paymentIntent) }]
      : []),
    ...refunds.flatMap(({ of, opening: { id, key } }: ChargeRefund): Pending[] => {
      if (key === null) return [];
      const cancels = of === 'authorization' && paymentIntent !== null;
      return [{ key, subject: cancels ? intentSubject('cancel', paymentIntent) : (id as Subject) }];
    }),
  ];
}
