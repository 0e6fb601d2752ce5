import { answerBody } from '#checker';
import { kindOfRequest, kindOf } from '../workload/exchange.js';
import type { RunFacts } from './run-facts.js';

/** Lost writes: charges and refunds whose id a client was answered and that no database has (A13). */
export function lostWrites({ exchanges, evidence }: Pick<RunFacts, 'exchanges' | 'evidence'>): string[] {
  const known = new Set([...evidence.charges, ...evidence.refunds].map(({ id }) => id));
  const acknowledged = exchanges.filter(
    (exchange) => kindOfRequest(exchange) !== undefined && kindOf(exchange) === 'ok',
  );
  return [...new Set(acknowledged.flatMap((exchange) => answerBody(exchange).id ?? []))]
    .filter((id) => !known.has(id))
    .map((id) => `${id}: its client was answered this id, but no database has it`);
}
