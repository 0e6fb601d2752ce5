import { describe, expect, it } from '@jest/globals';
import type { NewEvent } from '#contracts';
import { usd } from '#money';
import { notEmpty } from '#testing';
import { sagaTable, type SagaTrigger } from '../../../../../libs/contracts/src/saga-table.js';
import { stepsOfModules } from '../../../../../libs/messaging/src/testing/steps-of-modules.js';
import { parseForm } from '../../protocol/parameters.js';
import type { Claim } from '../../idempotency/key.js';
import { createRefund } from '../requests/create-refund.js';
import { refundParameters } from '../parameters/refund-parameters.js';
import { RefundsModule } from '../refunds.module.js';
import { captureParameters } from '../parameters/capture-parameters.js';
import { captureCharge } from '../requests/capture-charge.js';
import { noCharge, recordEvent, sweptCharges, type ChargeRecord } from './charge-record.js';
import { chargeRequest, type Decide } from '../requests/charge-request.js';
import type { ChargeEvent } from './charge.js';
import { ChargesModule } from '../charges.module.js';
import { createCharge } from '../requests/create-charge.js';
import { createParameters } from '../parameters/create-parameters.js';
import { readParameters } from '../../protocol/read-parameters.js';
import { expireCharge } from './expiry.js';
import { HELD_FOR_MS } from './manual-authorization.js';
import { aChargeOpened, anInstrument, testNow } from './testing/a-charge.js';

const rows = sagaTable.filter(({ service }) => service === 'payments-api');
const heard = rows.flatMap(({ on }) => (typeof on === 'string' ? [] : [on.type]));

const id = 'ch_00000000001';
const claim = { account: 'acct_test', key: 'k', chargeId: id } as Claim;
const authorized: ChargeEvent = { type: 'authorized', at: testNow };
const posted: ChargeEvent = {
  type: 'posted',
  amount: usd(1000),
  fee: usd(59),
  availableOn: 2,
  postedAt: 1,
  balanceTransactionId: 'txn_1',
};
const charge = (capture: 'automatic' | 'manual', ...events: ChargeEvent[]): ChargeRecord =>
  [aChargeOpened({ id, ...(capture === 'manual' && { capture }) }), ...events].reduce(recordEvent, noCharge('k'));
const asked = (before: ChargeRecord, decide: Decide): readonly NewEvent[] => requested(before, decide).emit;
const requested = (before: ChargeRecord, decide: Decide) =>
  chargeRequest(claim, decide, undefined).decide(
    { state: 'claimed', charge: before, intent: null },
    testNow,
    undefined,
  );

const create = createCharge(
  claim,
  readParameters(createParameters, parseForm('amount=1000&currency=usd&source=tok_visa')),
  anInstrument(),
);
const capture = captureCharge(claim, readParameters(captureParameters, new Map()));
const refund = createRefund(claim, 're_00000000001', readParameters(refundParameters, parseForm(`charge=${id}`)), {
  refundsPerCharge: 100,
});

/** Events that each trigger other than an event may cause. */
const triggers: Partial<Record<SagaTrigger, readonly NewEvent[]>> = {
  'POST /v1/charges': asked(noCharge('k'), create),
  'POST /v1/charges/:id/capture': asked(charge('manual', authorized), capture),
  'POST /v1/refunds': [...asked(charge('automatic', posted), refund), ...asked(charge('manual', authorized), refund)],
  'an authorization expires': expireCharge({ id, account: claim.account }).decide(
    charge('manual', authorized),
    testNow + HELD_FOR_MS,
    { offsetMs: 0 },
  ).emit,
};

describe('payments-api’s part of the saga', () => {
  it('is wired as the table says', () => {
    const wired = stepsOfModules(ChargesModule, RefundsModule).map(({ on }) => on.type);
    expect(wired.sort()).toEqual([...heard].sort());
  });

  it('emits exactly the events of the table', () => {
    for (const { on, emits } of notEmpty(rows)) {
      const emitted = typeof on === 'string' ? triggers[on] : [];
      expect([on, emitted?.map(({ type }) => type).sort()]).toEqual([on, emits.map(({ type }) => type).sort()]);
    }
  });

  it.each([
    ['charge', noCharge('k'), create],
    ['capture', charge('manual', authorized), capture],
    ['refund', charge('automatic', posted), refund],
    ['cancellation', charge('manual', authorized), refund],
  ] as const)(
    'says again, until it is answered, what a %s asked for at first, and nothing else',
    (_of, before, decide) => {
      const { state, emit } = requested(before, decide);
      expect(emit).toHaveLength(1);
      expect(state.state === 'decided' && sweptCharges.restate(state.charge)).toEqual(emit);
    },
  );

  it('ends a charge, or a part of it, with every event that it hears', () => {
    for (const { on, kind } of notEmpty(rows)) if (typeof on !== 'string') expect(kind).toBe('ending');
  });
});
