import { usd, type Money } from '#money';
import { KeyedHash } from '../../accounts/keyed-hash.js';
import { ParameterReader } from '../../http/parameter-reader.js';
import { readInstrument, type Instrument } from '../../test-cards/instrument.js';
import { evolve, type ChargeEvent, type Details, type Opening, type Unended } from '../charge.js';
import { noDetails } from '../details.js';

export const testHash = new KeyedHash('a secret for tests only');
export const testNow = Date.UTC(2026, 5, 15);

export function anInstrument(source = 'tok_visa'): Instrument {
  const presented = readInstrument(new ParameterReader(new Map([['source', source]]), ['source']), testHash, testNow);
  if (presented.kind !== 'instrument') throw presented.error;
  return presented.instrument;
}

interface Given {
  id: string;
  account?: string;
  amount?: Money;
  capture?: 'manual';
  source?: string;
  details?: Partial<Details>;
}

export function aCharge(given: Given): Unended {
  return evolve({ state: 'none' }, aChargeOpened(given)) as Unended;
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
