import { answerBody } from '#checker';
import { askedFor, kindOf } from '../workload/exchange.js';
import type { RunFacts } from './run-facts.js';

/** Charges and refunds that a client was told of, and that no database knows (A13). */
export function lostWrites({ exchanges, evidence }: Pick<RunFacts, 'exchanges' | 'evidence'>): string[] {
  const known = new Set([...evidence.charges, ...evidence.refunds].map(({ id }) => id));
  const told = exchanges.filter((exchange) => askedFor(exchange) !== undefined && kindOf(exchange) === 'ok');
  return [...new Set(told.flatMap((exchange) => answerBody(exchange).id ?? []))]
    .filter((id) => !known.has(id))
    .map((id) => `${id}: its client was told of it, and it is not there`);
}
