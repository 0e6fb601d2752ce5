import { usd, type Money } from '#money';
import { KeyedHash } from '../../../accounts/keyed-hash.js';
import { readInstrument, type PaymentInstrument } from '../../../test-cards/instrument.js';
import { evolve, type ChargeEvent, type ChargeDetails, type Opening, type UnsettledCharge } from '../charge.js';
import { noDetails } from '../../parameters/charge-details.js';

export const testHash = new KeyedHash('a secret for tests only');
export const testNow = Date.UTC(2026, 5, 15);

export function anInstrument(source = 'tok_visa'): PaymentInstrument {
  const presented = readInstrument({ param: 'source', source }, testHash, testNow);
  if (presented.kind !== 'instrument') throw presented.error;
  return presented.instrument;
}

interface Given {
  id: string;
  account?: string;
  amount?: Money;
  capture?: 'manual';
  source?: string;
  details?: Partial<ChargeDetails>;
}

export function aCharge(given: Given): UnsettledCharge {
  return evolve({ state: 'none' }, aChargeOpened(given)) as UnsettledCharge;
}

export function aChargeOpened(given: Given): ChargeEvent {
  const opening: Opening = {
    id: given.id,
    account: given.account ?? 'acct_test',
    amount: given.amount ?? usd(1000),
    ...(given.capture && { capture: given.capture }),
    instrument: anInstrument(given.source),
    openedAt: testNow,
    statementDescriptor: null,
    statementDescriptorSuffix: null,
    customer: null,
    paymentIntent: null,
  };
  return { type: 'opened', opening, details: { ...noDetails, ...given.details } };
}
