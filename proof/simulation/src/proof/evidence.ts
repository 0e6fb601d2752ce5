import type {
  BalanceTransactionRow,
  ChargeEvidence,
  Evidence,
  HoldEvidence,
  KeyEvidence,
  RefundEvidence,
  StripeEventEvidence,
  TransferRow,
  WebhookEvidence,
} from '#checker';
import type { Server } from '#memory-postgres';
import { knownStatements } from '#postgres';
import type { Journals } from '../banks/simulated-banks.js';

export interface WorldDatabases {
  readonly payments: Server;
  readonly gateway: Server;
  readonly ledger: Server;
}

/** Gathers the checker's evidence: its own SQL and the banks' journals, without taking time. */
export function evidenceOf(
  { payments, gateway, ledger }: WorldDatabases,
  { entries, requests }: Journals,
  { history, exchanges }: Pick<Evidence, 'history' | 'exchanges'>,
  faults: Evidence['faults'],
  { endpoints, receipts }: Pick<WebhookEvidence, 'endpoints' | 'receipts'>,
): Evidence {
  const rests = [payments, gateway, ledger].map((server) => ask<Rest>(server, 'checker_rest')[0]!);
  return {
    history,
    exchanges,
    faults,
    charges: ask<ChargeEvidence>(payments, 'checker_charges', ALL),
    refunds: ask<RefundEvidence>(payments, 'checker_refunds', ALL),
    balanceTransactions: ask<BalanceTransactionRow>(payments, 'checker_balance_transactions', ALL),
    holds: ask<HoldEvidence>(ledger, 'checker_holds', ALL),
    transfers: ask<TransferRow>(ledger, 'checker_transfers', ALL),
    entries,
    requests,
    webhooks: { events: ask<StripeEventEvidence>(payments, 'checker_events'), endpoints, receipts: [...receipts] },
    unanswered: ask<KeyEvidence>(payments, 'checker_unanswered'),
    unsent: rests.reduce((sum, { unsent }) => sum + unsent, 0),
    parked: rests.reduce((sum, { parked }) => sum + parked, 0),
  };
}

interface Rest {
  readonly unsent: number;
  readonly parked: number;
}

/** Number of charges that have not ended plus events that are not published. */
export function unsettled({ payments, gateway, ledger }: WorldDatabases): number {
  const [charges] = ask<{ unsettled: number }>(payments, 'checker_unsettled');
  return [payments, gateway, ledger].reduce(
    (sum, server) => sum + ask<Rest>(server, 'checker_rest')[0]!.unsent,
    charges!.unsettled,
  );
}

/** Parameter for all charges. */
const ALL = [''];

function ask<Row>(server: Server, name: string, values: readonly unknown[] = []): Row[] {
  const statement = knownStatements().find((known) => known.name === name);
  if (!statement) throw new Error(`the checker has no statement ${name}`);
  let rows: Row[] | undefined;
  server.connect().submit(statement.text, values, (reply) => {
    if ('error' in reply) throw reply.error;
    rows = reply.rows as Row[];
  });
  if (!rows) throw new Error(`${name} had to wait`);
  return rows;
}
