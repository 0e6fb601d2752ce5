import { usd, type Money } from '#money';
import { KeyedHash } from '../../accounts/keyed-hash.js';
import { ParameterReader } from '../../http/parameter-reader.js';
import { readInstrument, type Instrument } from '../../test-cards/instrument.js';
import type { ChargeEvent, Details, Opening, Requested } from '../charge.js';
import { noDetails } from '../details.js';

export const testHash = new KeyedHash('a secret for tests only');
export const testNow = Date.UTC(2026, 5, 15);

export function anInstrument(source = 'tok_visa'): Instrument {
  const presented = readInstrument(new ParameterReader({ source }, ['source']), testHash, testNow);
  if (presented.kind !== 'instrument') throw presented.error;
  return presented.instrument;
}

export function aCharge(given: {
  id: string;
  account?: string;
  amount?: Money;
  source?: string;
  details?: Partial<Details>;
}): Requested {
  const opening: Opening = {
    id: given.id,
    account: given.account ?? 'acct_test',
    amount: given.amount ?? usd(1000),
    instrument: anInstrument(given.source),
    openedAt: testNow,
    statementDescriptor: null,
    statementDescriptorSuffix: null,
    customer: null,
    paymentIntent: null,
  };
  return { state: 'requested', opening, details: { ...noDetails, ...given.details } };
}

export function aChargeOpened(given: Parameters<typeof aCharge>[0]): ChargeEvent {
  const { opening, details } = aCharge(given);
  return { type: 'opened', opening, details };
}
