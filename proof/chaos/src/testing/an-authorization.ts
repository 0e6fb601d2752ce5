import type { JournalLine } from '#checker';
import { BEGAN_AT } from './an-exchange.js';

type RequestLine = Extract<JournalLine, { type: 'request' }>;

/** A journal line: an authorization that reached alder `afterMs` after the start of the run. */
export const anAuthorization = (afterMs: number, different: Partial<RequestLine> = {}): RequestLine => ({
  type: 'request',
  bank: 'alder',
  at: BEGAN_AT + afterMs + 5,
  operation: 'authorize',
  reference: `ch_${afterMs}.authorize.alder`,
  validUntil: BEGAN_AT + afterMs + 3_000,
  instanceId: 'bank-gateway',
  attemptId: `ch_${afterMs}.authorize.alder.1`,
  traceparent: `call ${afterMs}`,
  ...different,
});
