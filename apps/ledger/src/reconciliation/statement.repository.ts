import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import { statement, type PgTransaction } from '#postgres';
import type { Aggregates, Saved, WorkingSet } from '#saga';
import { emptyStatement, type BankStatement, type StatementKey } from './statement.js';

/** An ordinary charge has two entries, so there are only two indexes: by sequence number and by charge. */
export const statementTablesSql = `
  CREATE TABLE statement_position (
    bank text COLLATE "C" PRIMARY KEY,
    through int8 NOT NULL DEFAULT 0,
    complete_at timestamptz,
    missing_until int8,
    changed_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 50);
  CREATE TABLE statement_entry (
    bank text COLLATE "C" NOT NULL,
    seq int8 NOT NULL,
    bank_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    account text NOT NULL,
    charge_id text COLLATE "C" NOT NULL,
    amount_minor int8 NOT NULL,
    currency text NOT NULL,
    "of" text COLLATE "C",
    reverses text COLLATE "C",
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bank, seq)
  );
  CREATE INDEX statement_entry_charge ON statement_entry (charge_id);
`;

/**
 * A condition for the entries of a charge at a bank. It hides the bank from the planner, which on an empty table would
 * choose the index by bank and then scan all entries of the bank.
 */
export const ofCharge = (alias: string, of: { chargeId: string; bank: string }): string =>
  `${alias}.charge_id = ${of.chargeId} AND ${alias}.bank || '' = ${of.bank}`;

const openPositionsStatement = statement(
  'ledger.open_positions',
  `INSERT INTO statement_position (bank) SELECT * FROM unnest($1::text[]) ON CONFLICT (bank) DO NOTHING`,
);

export const loadPositionsStatement = statement(
  'ledger.load_positions',
  `SELECT bank, through, complete_at, missing_until FROM statement_position
   WHERE bank = ANY($1::text[]) ORDER BY bank FOR UPDATE`,
);

const entryColumns = `bank text, seq int8, "bankId" text, kind text, reference text, account text, "chargeId" text,
  "amountMinor" int8, currency text, "of" text, reverses text, at int8`;

export const saveStatementsStatement = statement(
  'ledger.save_statements',
  `WITH moved AS (
     UPDATE statement_position SET through = position.through, complete_at = position.complete_at,
       missing_until = position.missing_until, changed_at = now()
     FROM json_to_recordset($1::json)
       AS position (bank text, through int8, complete_at timestamptz, missing_until int8)
     WHERE statement_position.bank = position.bank
   )
   INSERT INTO statement_entry (bank, seq, bank_id, kind, reference, account, charge_id, amount_minor, currency,
                                "of", reverses, at)
   SELECT bank, seq, "bankId", kind, reference, account, "chargeId", "amountMinor", currency, "of", reverses,
     to_timestamp(at / 1000.0)
   FROM json_to_recordset($2::json) AS entry (${entryColumns})`,
);

export const contradictionsStatement = statement(
  'ledger.statement_contradictions',
  `SELECT entry.bank, entry.seq FROM json_to_recordset($1::json) AS entry (${entryColumns})
   CROSS JOIN LATERAL (
     SELECT * FROM statement_entry AS known WHERE known.bank = entry.bank AND known.seq = entry.seq LIMIT 1
   ) AS known
   WHERE (known.bank_id, known.kind, known.charge_id, known.amount_minor, known.currency, known.of, known.reverses)
     IS DISTINCT FROM
         (entry."bankId", entry.kind, entry."chargeId", entry."amountMinor", entry.currency, entry.of, entry.reverses)`,
);

interface PositionRow {
  readonly bank: bankProtocol.BankName;
  readonly through: number;
  readonly complete_at: Instant | null;
  readonly missing_until: number | null;
}

@Injectable()
export class StatementRepository implements Aggregates<PgTransaction, BankStatement, StatementKey> {
  async load(tx: PgTransaction, keys: readonly StatementKey[]): Promise<WorkingSet<BankStatement, StatementKey>> {
    const banks = [...new Set(keys.map(({ bank }) => bank))];
    tx.enqueue(openPositionsStatement, [banks]);
    const rows = await tx.query<PositionRow>(loadPositionsStatement, [banks]);
    const statements = new Map<string, BankStatement>(
      rows.map(({ bank, through, complete_at: completeAt, missing_until: missingUntil }) => [
        bank,
        { ...emptyStatement(bank), through, completeAt, missingUntil },
      ]),
    );
    return {
      get: ({ bank }) => statements.get(bank)!,
      set: ({ bank }, next) => void statements.set(bank, next),
      contextOf: () => undefined,
    };
  }

  async save(tx: PgTransaction, changed: readonly Saved<BankStatement, StatementKey>[]): Promise<readonly never[]> {
    const states = changed.map(({ state }) => state);
    const again = rowsOf(states, ({ again: entries }) => entries);
    if (again.length > 0) {
      const [contradiction] = await tx.query<{ bank: string; seq: number }>(contradictionsStatement, [
        JSON.stringify(again),
      ]);
      assert(
        !contradiction,
        `${contradiction?.bank} says something else of its entry ${contradiction?.seq} than before`,
      );
    }
    const positions = states.map(({ bank, through, completeAt, missingUntil }) => ({
      bank,
      through,
      complete_at: completeAt === null ? null : new Date(completeAt).toISOString(),
      missing_until: missingUntil,
    }));
    const added = rowsOf(states, ({ added: entries }) => entries);
    tx.enqueue(saveStatementsStatement, [JSON.stringify(positions), JSON.stringify(added)]);
    return [];
  }
}

const rowsOf = (states: readonly BankStatement[], which: (state: BankStatement) => readonly bankProtocol.Entry[]) =>
  states.flatMap((state) => which(state).map((entry) => ({ bank: state.bank, ...entry })));
