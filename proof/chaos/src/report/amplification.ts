import type { TopicRepeats } from '../evidence/topics.js';
import type { ChaosJournalRecord } from '../evidence/journals.client.js';
import { kindOfRequest, operationOf, type RecordedExchange } from '../workload/exchange.js';

/** Retry amplification: attempts per operation at one place. 1 without faults. */
export interface Amplification {
  readonly where: string;
  readonly operations: number;
  readonly attempts: number;
  readonly perOperation: number;
}

const movements = new Set(['authorize', 'capture', 'void', 'refund']);

export function amplificationOf(
  exchanges: readonly RecordedExchange[],
  journal: readonly ChaosJournalRecord[],
  copies: TopicRepeats,
): Amplification[] {
  const asked = exchanges.filter((exchange) => kindOfRequest(exchange) !== undefined);
  const banks = [...new Set(journal.map(({ bank }) => bank))].sort().map((bank) => {
    const requests = journal.flatMap((record) =>
      record.bank === bank && record.type === 'request' && movements.has(record.operation) ? [record.reference] : [],
    );
    return row(`at ${bank}: requests per operation`, new Set(requests).size, requests.length);
  });
  return [
    row('clients: requests per key', new Set(asked.map(operationOf)).size, asked.length),
    ...banks,
    row('Kafka: records per event', copies.events, copies.records),
  ];
}

function row(where: string, operations: number, attempts: number): Amplification {
  return {
    where,
    operations,
    attempts,
    perOperation: operations === 0 ? 0 : Number((attempts / operations).toFixed(3)),
  };
}
