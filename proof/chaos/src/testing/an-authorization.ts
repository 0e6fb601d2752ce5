import type { JournalLine } from '#checker';
import { BEGAN_AT } from './an-exchange.js';

type RequestLine = Extract<JournalLine, { type: 'request' }>;

/** An authorization as it reached alder at once, so long after the run began. */
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
