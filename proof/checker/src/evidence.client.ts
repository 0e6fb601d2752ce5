import { SystemClock } from '#clock';
import { bankProtocol } from '#contracts';
import { Database, statement, type Statement } from '#postgres';
import type { FaultStretch } from './faults.js';
import type { ApiExchange } from './history.js';
import type {
  BalanceTransactionRow,
  ChargeEvidence,
  BankEntry,
  Evidence,
  HoldEvidence,
  KeyEvidence,
  ReceivedRequest,
  RefundEvidence,
  ToldAnswer,
  TransferRow,
} from './evidence.js';

export interface Where {
  /** The Postgres server with the services' databases. */
  readonly databaseUrl: string;
  /** The bank simulator's admin API. */
  readonly banksAdminUrl: string;
  /** Only charges with ids that sort after this one. Default: all. */
  readonly above?: string;
}

const chargesSql = statement(
  'checker_charges',
  `SELECT id, account, state, awaiting, amount_minor AS "amountMinor",
     CASE WHEN state = 'succeeded' THEN (ending->'amount'->>'amountMinor')::int8 END AS "capturedMinor", currency,
     created_at AS "createdMs", idempotency_key AS key, coalesce(opening->>'capture', 'automatic') AS capture,
     hold->'capture'->>'key' AS "captureKey", ending->>'cause' AS cause,
     opening->'instrument'->'card'->>'brand' AS brand, opening->'instrument'->'card'->>'last4' AS last4,
     opening->'instrument'->>'fault' AS fault, details->>'description' AS description, details->'metadata' AS metadata,
     details->>'receiptEmail' AS "receiptEmail", details->>'transferGroup' AS "transferGroup", version,
     (SELECT count(*)::int FROM charge_event WHERE charge_id = charge.id) AS events FROM charge WHERE id > $1`,
);
const refundsSql = statement(
  'checker_refunds',
  `SELECT id, charge_id AS "chargeId", account, state, amount_minor AS "amountMinor",
     created_at AS "createdMs", refund->'opening'->>'key' AS key, refund->'opening'->>'reason' AS reason,
     refund->>'of' = 'authorization' AS cancels, refund->'metadata' AS metadata FROM refund WHERE charge_id > $1`,
);
const balanceTransactionsSql = statement(
  'checker_balance_transactions',
  `SELECT id, account, type, source, currency, amount_minor AS "amountMinor", amount_minor - fee_minor AS "netMinor",
     created_at AS "createdMs", available_on AS "availableOnMs" FROM balance_transaction WHERE charge_id > $1`,
);
const holdsSql = statement(
  'checker_holds',
  `SELECT charge_id AS "chargeId", state, amount_minor AS "amountMinor", posted_minor AS "postedMinor" FROM hold WHERE charge_id > $1`,
);
const transfersSql = statement(
  'checker_transfers',
  `SELECT charge_id AS "chargeId", effect, kind, resolves, debit_account AS "debitAccount",
     credit_account AS "creditAccount", amount_minor AS "amountMinor", currency, bank_id AS "bankId" FROM transfer WHERE charge_id > $1`,
);
const restSql = statement(
  'checker_rest',
  'SELECT (SELECT count(*)::int FROM outbox) AS unsent, (SELECT count(*)::int FROM parked_event WHERE discarded_at IS NULL) AS parked',
);
const unansweredSql = statement(
  'checker_unanswered',
  `SELECT account, key FROM idempotency_key AS asked WHERE NOT EXISTS (
     SELECT FROM idempotency_answer AS answer WHERE answer.account = asked.account AND answer.key = asked.key)`,
);
/** For runs that have receivers. */
statement('checker_events', 'SELECT id, account, type, object_id AS "objectId" FROM stripe_event');
const unsettledSql = statement('checker_unsettled', `SELECT count(*)::int AS unsettled FROM charge WHERE awaiting`);

/** Reads the databases by SQL and the banks' journals. It asks no service. */
export async function gatherEvidence(
  where: Where,
  history: readonly ToldAnswer[] = [],
  exchanges: readonly ApiExchange[] = [],
  faults: readonly FaultStretch[] = [],
): Promise<Evidence> {
  const [charges, refunds, balanceTransactions, holds, transfers, unanswered, rests, journals] = await Promise.all([
    read<ChargeEvidence>(where, 'payments', chargesSql, [where.above ?? '']),
    read<RefundEvidence>(where, 'payments', refundsSql, [where.above ?? '']),
    read<BalanceTransactionRow>(where, 'payments', balanceTransactionsSql, [where.above ?? '']),
    read<HoldEvidence>(where, 'ledger', holdsSql, [where.above ?? '']),
    read<TransferRow>(where, 'ledger', transfersSql, [where.above ?? '']),
    read<KeyEvidence>(where, 'payments', unansweredSql),
    Promise.all(
      ['payments', 'ledger', 'bank_gateway'].map((database) =>
        read<{ unsent: number; parked: number }>(where, database, restSql),
      ),
    ),
    Promise.all(bankProtocol.bankNames.map((bank) => journalOf(where, bank))),
  ]);
  const rest = rests.flat();
  return {
    history,
    exchanges,
    faults,
    charges,
    refunds,
    balanceTransactions,
    holds,
    transfers,
    entries: journals.flatMap(({ entries }) => entries),
    requests: journals.flatMap(({ requests }) => requests),
    unanswered,
    unsent: rest.reduce((sum, { unsent }) => sum + unsent, 0),
    parked: rest.reduce((sum, { parked }) => sum + parked, 0),
  };
}

/** Number of charges that have not ended plus events that are not published. 0 at quiescence. */
export async function unsettled(where: Where): Promise<number> {
  const [charges, ...rests] = await Promise.all([
    read<{ unsettled: number }>(where, 'payments', unsettledSql),
    ...['payments', 'ledger', 'bank_gateway'].map((database) => read<{ unsent: number }>(where, database, restSql)),
  ]);
  return charges[0]!.unsettled + rests.flat().reduce((sum, { unsent }) => sum + unsent, 0);
}

async function read<Row extends object>(
  where: Where,
  database: string,
  sql: Statement,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const opened = await Database.open({
    url: where.databaseUrl,
    database,
    maxConnections: 1,
    clock: new SystemClock(),
    applicationName: 'checker',
  });
  try {
    return await opened.query<Row>(sql, values);
  } finally {
    await opened.close();
  }
}

const isAbove = ({ above = '' }: Where, { chargeId = '' }: { readonly chargeId?: string | undefined }): boolean =>
  above === '' || chargeId > above;

async function journalOf(where: Where, bank: string): Promise<{ entries: BankEntry[]; requests: ReceivedRequest[] }> {
  const entries: BankEntry[] = [];
  const requests: ReceivedRequest[] = [];
  for (let after = 0; ;) {
    const response = await fetch(`${where.banksAdminUrl}/banks/${bank}/journal?after=${after}`);
    if (!response.ok)
      throw new Error(`the journal of ${bank} cannot be read: ${response.status} ${await response.text()}`);
    const { records, next } = bankProtocol.journalPageSchema.parse(await response.json());
    if (records.length === 0) return { entries, requests };
    for (const record of records) {
      if ((record.type !== 'entry' && record.type !== 'request') || !isAbove(where, record)) continue;
      if (record.type === 'entry') entries.push({ ...record, bank });
      else requests.push({ ...record, bank });
    }
    after = next;
  }
}
