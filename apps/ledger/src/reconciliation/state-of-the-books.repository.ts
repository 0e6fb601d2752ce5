import { Inject, Injectable } from '@nestjs/common';
import { Database, statement } from '#postgres';
import { BalanceRepository } from '../books/balance.repository.js';
import { summary } from '../books/balance.js';
import { ComparisonRepository } from './comparison.repository.js';
import { ofCharge } from './statement.repository.js';
import type { BankSum, StateOfTheBooks } from './state-of-the-books.js';

/** One snapshot for all queries: under traffic the sums of two snapshots would never agree. */
const oneSnapshot = statement('ledger.state_snapshot', 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');

const nowStatement = statement('ledger.state_now', 'SELECT now() AS at');

/** The sign of an entry's amount in the bank's receivable. */
const entrySign = `CASE entry.kind
  WHEN 'capture' THEN entry.amount_minor
  WHEN 'refund' THEN -entry.amount_minor
  WHEN 'reversal' THEN (
    SELECT CASE undone.kind WHEN 'capture' THEN -undone.amount_minor WHEN 'refund' THEN undone.amount_minor ELSE 0 END
    FROM statement_entry AS undone
    WHERE ${ofCharge('undone', { chargeId: 'entry.charge_id', bank: 'entry.bank' })} AND undone.bank_id = entry.reverses
    LIMIT 1)
  ELSE 0 END`;

/** Reads all entries: for operators, not for the job. */
const statedStatement = statement(
  'ledger.state_stated',
  `SELECT bank, currency, sum(${entrySign})::int8 AS minor FROM statement_entry AS entry GROUP BY bank, currency`,
);

/** Books less statement by charge, of charges that are not compared or not cleared yet. */
const openChargesStatement = statement(
  'ledger.state_open_charges',
  `WITH open AS (
     SELECT charge_id FROM suspect
     UNION
     SELECT charge_id FROM transfer WHERE xact > (SELECT xact FROM compared_transfers)
     UNION
     SELECT fresh.charge_id FROM statement_position AS position
     LEFT JOIN compared_entries AS compared ON compared.bank = position.bank
     CROSS JOIN LATERAL (
       SELECT charge_id FROM statement_entry
       WHERE statement_entry.bank = position.bank AND statement_entry.seq > coalesce(compared.seq, 0)
     ) AS fresh
   ), sides AS (
     SELECT open.charge_id, side.*
     FROM open CROSS JOIN LATERAL (
       SELECT bank, currency, -(${entrySign}) AS minor FROM statement_entry AS entry
       WHERE entry.charge_id = open.charge_id
       UNION ALL
       SELECT split_part(debit_account, ':', 2), currency, amount_minor FROM transfer
       WHERE transfer.charge_id = open.charge_id AND kind IN ('post', 'single')
         AND debit_account LIKE 'bank_receivable:%'
       UNION ALL
       SELECT split_part(credit_account, ':', 2), currency, -amount_minor FROM transfer
       WHERE transfer.charge_id = open.charge_id AND kind IN ('post', 'single')
         AND credit_account LIKE 'bank_receivable:%'
     ) AS side
   )
   SELECT bank, currency,
     coalesce(sum(minor) FILTER (WHERE NOT differs), 0)::int8 AS "underWayMinor",
     coalesce(sum(minor) FILTER (WHERE differs), 0)::int8 AS "differencesMinor"
   FROM (
     SELECT sides.*, (
       SELECT count(*) > 0 FROM difference
       WHERE difference.charge_id = sides.charge_id AND difference.bank = sides.bank AND resolved_at IS NULL
     ) AS differs
     FROM sides
   ) AS side
   GROUP BY bank, currency`,
);

interface Open {
  readonly bank: string;
  readonly currency: string;
  readonly underWayMinor: number;
  readonly differencesMinor: number;
}

@Injectable()
export class StateOfTheBooksRepository {
  constructor(@Inject(Database) private readonly database: Pick<Database, 'transaction'>) {}

  /** Reads all statements. Balances come from the roll-up. */
  read(): Promise<StateOfTheBooks> {
    return this.database.transaction(async (tx) => {
      await tx.query(oneSnapshot);
      const comparison = new ComparisonRepository(tx);
      const [[now], balances, stated, open, statements, differences] = [
        await tx.query<{ at: number }>(nowStatement),
        await new BalanceRepository(tx).balances(),
        await tx.query<{ bank: string; currency: string; minor: number }>(statedStatement),
        await tx.query<Open & object>(openChargesStatement),
        await comparison.positions(),
        await comparison.differences(),
      ];
      const receivables = balances.filter(({ kind }) => kind === 'bank_receivable');
      const of = <Row extends { bank: string; currency: string }>(
        rows: readonly Row[],
        bank: string,
        currency: string,
      ) => rows.find((row) => row.bank === bank && row.currency === currency);
      const keys = new Map(
        [...receivables.map(({ owner, currency }) => ({ bank: owner!, currency })), ...stated].map(
          ({ bank, currency }) => [`${bank} ${currency}`, { bank, currency }],
        ),
      );
      const banks = [...keys.values()].map(({ bank, currency }): BankSum => {
        const receivable = receivables.find((account) => account.owner === bank && account.currency === currency);
        const waiting = of(open, bank, currency);
        return {
          bank,
          currency,
          booksMinor: receivable ? receivable.debitsPostedMinor - receivable.creditsPostedMinor : 0,
          statementMinor: of(stated, bank, currency)?.minor ?? 0,
          underWayMinor: waiting?.underWayMinor ?? 0,
          differencesMinor: waiting?.differencesMinor ?? 0,
        };
      });
      banks.sort((a, b) => (`${a.bank} ${a.currency}` < `${b.bank} ${b.currency}` ? -1 : 1));
      return { at: now!.at, currencies: summary(balances).currencies, banks, statements, differences };
    });
  }
}
