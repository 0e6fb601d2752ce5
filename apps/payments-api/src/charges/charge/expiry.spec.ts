import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { noCharge, recordEvent } from './charge-record.js';
import type { ChargeEvent } from './charge.js';
import { expireCharge } from './expiry.js';
import { HELD_FOR_MS } from './manual-authorization.js';
import { aChargeOpened } from './testing/a-charge.js';

const id = 'ch_00000000001';
const authorized: ChargeEvent = { type: 'authorized', at: 5 };
const expire = (now: number, ...events: ChargeEvent[]) =>
  expireCharge({ id, account: 'acct_test' }).decide(
    [aChargeOpened({ id, capture: 'manual' }), ...events].reduce(recordEvent, noCharge('k')),
    now,
    { offsetMs: 0 },
  );

describe('time', () => {
  it('gives back an authorization after seven days, and tells the gateway why', () => {
    expect(expire(5 + HELD_FOR_MS, authorized)).toMatchObject({
      changed: true,
      emit: [{ type: 'payments.cancellation_requested.v1', data: { chargeId: id, cause: 'expired' } }],
      state: { charge: { state: 'authorized', hold: { cancellation: { cause: 'expired', refundId: null } } } },
    });
  });

  it.each([
    ['its time is not up on the account’s clock', 4 + HELD_FOR_MS, [authorized]],
    ['it is not authorized', 5 + HELD_FOR_MS, []],
    [
      'it is being captured',
      5 + HELD_FOR_MS,
      [
        authorized,
        {
          type: 'capture_requested',
          capture: { amount: usd(1000), key: 'c', statementDescriptor: null, statementDescriptorSuffix: null },
        },
      ],
    ],
    [
      'it is being given back already',
      5 + HELD_FOR_MS,
      [authorized, { type: 'cancellation_requested', cause: 'expired', refund: null }],
    ],
  ] as [string, number, ChargeEvent[]][])('leaves a charge alone when %s', (_why, now, events) => {
    expect(expire(now, ...events)).toMatchObject({ changed: false, emit: [] });
  });
});
