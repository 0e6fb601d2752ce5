import { Inject, Injectable } from '@nestjs/common';
import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import { Database, statement, type Sql, type Statement } from '#postgres';
import type { BookedTransfer, Resolution, StatedEntry } from './comparison.js';
import type { Difference } from './difference.js';
import { ofCharge } from './statement.repository.js';

/**
 * Positions of the comparison, suspects and differences. A horizon is a time with a transaction id below which every
 * transaction had ended: transfers are dated by it, since their own time is on the account's test clock.
 */
export const comparisonTablesSql = `
  CREATE TABLE compared_entries (
    bank text COLLATE "C" PRIMARY KEY,
    seq int8 NOT NULL
  );
  CREATE TABLE compared_transfers (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    xact xid8 NOT NULL
  );
  INSERT INTO compared_transfers (xact) VALUES (pg_current_xact_id());
  CREATE TABLE comparison_horizon (
    xact xid8 PRIMARY KEY,
    at timestamptz NOT NULL
  );
  CREATE TABLE suspect (
    bank text COLLATE "C" NOT NULL,
    charge_id text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    look_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (charge_id, bank)
  );
  CREATE INDEX suspect_due ON suspect (look_at);
  COMMENT ON TABLE suspect IS 'Charges that a quick look did not clear; they go when bank and books agree about them.';
  CREATE TABLE difference (
    id text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('unknown_to_ledger', 'unknown_to_bank', 'undone_at_bank', 'amount_differs')),
    bank text COLLATE "C" NOT NULL,
    movement text NOT NULL,
    charge_id text COLLATE "C" NOT NULL,
    account text NOT NULL,
    bank_id text NOT NULL,
    reference text,
    amount_minor int8 NOT NULL,
    currency text NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    times_said int NOT NULL DEFAULT 0,
    say_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolution text,
    CHECK ((resolved_at IS NULL) = (resolution IS NULL))
  );
  CREATE INDEX difference_open ON difference (charge_id, bank) WHERE resolved_at IS NULL;
`;

/** Serializes comparisons by a row lock: a stale leader waits here, and then finds nothing to do. */
export const takeTurnStatement = statement(
  'ledger.compare_take_turn',
  'SELECT xact FROM compared_transfers FOR UPDATE',
);

const KEEP_HORIZONS = `interval '1 hour'`;

export const drawHorizonStatement = statement(
  'ledger.compare_draw_horizon',
  `WITH old AS (
     DELETE FROM comparison_horizon WHERE xact = ANY (ARRAY(
       SELECT xact FROM comparison_horizon ORDER BY xact LIMIT 100
     )) AND at < clock_timestamp() - ${KEEP_HORIZONS}
   )
   INSERT INTO comparison_horizon (xact, at) VALUES (pg_snapshot_xmin(pg_current_snapshot()), clock_timestamp())
   ON CONFLICT (xact) DO NOTHING`,
);

/**
 * The next entries of every bank that are older than the grace period, in order. An entry with its transfer is cleared;
 * a charge with an undoing entry becomes a suspect.
 */
export const compareEntriesStatement = statement(
  'ledger.compare_entries',
  `WITH page AS MATERIALIZED (
     SELECT entry.* FROM statement_position AS position
     LEFT JOIN compared_entries AS compared ON compared.bank = position.bank
     CROSS JOIN LATERAL (
       SELECT bank, seq, bank_id, kind, charge_id, amount_minor, currency,
         received_at <= clock_timestamp() - $1 * interval '1 ms' AS ripe
       FROM statement_entry
       WHERE statement_entry.bank = position.bank AND statement_entry.seq > coalesce(compared.seq, 0)
       ORDER BY seq LIMIT $2
     ) AS entry
   ), young AS (
     SELECT bank, min(seq) AS seq FROM page WHERE NOT ripe GROUP BY bank
   ), ripe AS MATERIALIZED (
     SELECT page.* FROM page LEFT JOIN young ON young.bank = page.bank WHERE young.seq IS NULL OR page.seq < young.seq
   ), moved AS (
     INSERT INTO compared_entries (bank, seq) SELECT bank, max(seq) FROM ripe GROUP BY bank
     ON CONFLICT (bank) DO UPDATE SET seq = excluded.seq
   ), suspected AS (
     INSERT INTO suspect (bank, charge_id)
     SELECT DISTINCT bank, charge_id FROM ripe
     -- The planner would hash a NOT EXISTS beside this OR, and read all transfers.
     WHERE kind IN ('void', 'reversal') OR (
       SELECT bool_or(transfer.bank_id = ripe.bank_id AND transfer.amount_minor = ripe.amount_minor
                      AND transfer.currency = ripe.currency)
       FROM transfer WHERE transfer.charge_id = ripe.charge_id
     ) IS NOT TRUE
     ORDER BY charge_id, bank
     ON CONFLICT (charge_id, bank) DO UPDATE SET look_at = now()
   )
   SELECT bank, count(*)::int AS compared FROM ripe GROUP BY bank`,
);

/**
 * The next transfers that are older than the grace period, in the order of transaction ids. A transfer with its entry is
 * cleared, unless the bank has undone something of its charge.
 */
export const compareTransfersStatement = statement(
  'ledger.compare_transfers',
  `WITH span AS (
     SELECT compared.xact AS since, horizon.xact AS until
     FROM compared_transfers AS compared
     CROSS JOIN LATERAL (
       SELECT xact FROM comparison_horizon
       WHERE at <= clock_timestamp() - $1 * interval '1 ms'
       ORDER BY xact DESC LIMIT 1
     ) AS horizon
   ), page AS MATERIALIZED (
     SELECT xact, charge_id, effect, bank_id, amount_minor, currency,
       CASE WHEN debit_account LIKE 'bank_receivable:%' THEN split_part(debit_account, ':', 2)
            WHEN credit_account LIKE 'bank_receivable:%' THEN split_part(credit_account, ':', 2) END AS bank
     FROM transfer
     WHERE xact > (SELECT since FROM span) AND xact < (SELECT until FROM span)
     ORDER BY xact FETCH FIRST $2 ROWS WITH TIES
   ), moved AS (
     UPDATE compared_transfers SET xact = reached.xact
     FROM (SELECT xact FROM page ORDER BY xact DESC LIMIT 1) AS reached
   ), suspected AS (
     INSERT INTO suspect (bank, charge_id)
     SELECT DISTINCT bank, charge_id FROM page
     WHERE bank IS NOT NULL AND (effect = 'release' OR bank_id IS NOT NULL AND (
       SELECT bool_or(entry.bank_id = page.bank_id AND entry.amount_minor = page.amount_minor
                      AND entry.currency = page.currency)
              AND NOT bool_or(entry.kind IN ('void', 'reversal'))
       FROM statement_entry AS entry WHERE ${ofCharge('entry', { chargeId: 'page.charge_id', bank: 'page.bank' })}
     ) IS NOT TRUE)
     ORDER BY charge_id, bank
     ON CONFLICT (charge_id, bank) DO UPDATE SET look_at = now()
   )
   SELECT count(*)::int AS read, count(bank_id)::int AS compared FROM page`,
);

const ms = (column: string): string => `floor(extract(epoch FROM ${column}) * 1000)::int8`;

/** A bank's name has no blank. */
export const dueSuspectsStatement = statement(
  'ledger.compare_due',
  `SELECT bank, charge_id AS "chargeId" FROM suspect
   WHERE look_at <= statement_timestamp() AND bank || ' ' || charge_id <> ALL ($2::text[])
   ORDER BY look_at LIMIT $1`,
);

/**
 * Suspects with all entries and transfers, in one snapshot: with two, a page that arrives in between would make older
 * transfers look unstated.
 */
export const suspectsStatement = statement(
  'ledger.compare_suspects',
  `SELECT suspect.bank, suspect.charge_id AS "chargeId", suspect.since,
     clock_timestamp() AS now,
     (SELECT complete_at FROM statement_position AS position WHERE position.bank = suspect.bank) AS "completeAt",
     (SELECT coalesce(json_agg(json_build_object(
        'seq', seq, 'bankId', bank_id, 'kind', kind, 'reference', reference, 'account', account,
        'amountMinor', amount_minor, 'currency', currency, 'of', "of", 'reverses', reverses,
        'receivedAt', ${ms('received_at')}) ORDER BY seq), '[]')
      FROM statement_entry AS entry
      WHERE ${ofCharge('entry', { chargeId: 'suspect.charge_id', bank: 'suspect.bank' })}) AS entries,
     (SELECT coalesce(json_agg(json_build_object(
        'effect', effect, 'resolves', resolves, 'debit', debit_account, 'credit', credit_account,
        'amountMinor', amount_minor, 'currency', currency, 'bankId', bank_id,
        'knownAt', (SELECT ${ms('horizon.at')} FROM comparison_horizon AS horizon
                    WHERE horizon.xact > transfer.xact ORDER BY horizon.xact LIMIT 1))), '[]')
      FROM transfer WHERE transfer.charge_id = suspect.charge_id) AS transfers,
     (SELECT coalesce(json_agg(json_build_object(
        'id', id, 'kind', kind, 'bankId', bank_id, 'timesReported', times_said, 'reportAgainFrom', ${ms('say_at')})), '[]')
      FROM difference AS open
      WHERE open.charge_id = suspect.charge_id AND open.bank = suspect.bank AND resolved_at IS NULL) AS open
   FROM unnest($1::text[], $2::text[]) AS wanted (bank, charge_id)
   CROSS JOIN LATERAL (
     SELECT * FROM suspect
     WHERE suspect.bank = wanted.bank AND suspect.charge_id = wanted.charge_id AND look_at <= statement_timestamp()
     LIMIT 1
   ) AS suspect`,
);

/** By arrays and keys: the planner might scan the table for a join. A suspect's key is bank and charge. */
export const saveFindingsStatement = statement(
  'ledger.compare_save',
  `WITH cleared AS (
     DELETE FROM suspect
     WHERE charge_id = ANY ($1::text[]) AND $2::jsonb -> (bank || ' ' || charge_id) = 'null'
   ), kept AS (
     UPDATE suspect SET look_at = clock_timestamp() + ($2::jsonb ->> (bank || ' ' || charge_id))::int8 * interval '1 ms'
     WHERE charge_id = ANY ($1::text[]) AND ($2::jsonb ->> (bank || ' ' || charge_id)) IS NOT NULL
   ), resolved AS (
     UPDATE difference SET resolved_at = now(), resolution = $3::jsonb ->> id
     WHERE id = ANY (ARRAY(SELECT jsonb_object_keys($3::jsonb)))
   )
   INSERT INTO difference AS known (id, kind, bank, movement, charge_id, account, bank_id, reference, amount_minor,
                                    currency, times_said, say_at)
   SELECT id, kind, bank, movement, "chargeId", account, "bankId", reference, "amountMinor", currency, "timesReported",
     to_timestamp("reportAgainFrom" / 1000.0)
   FROM json_to_recordset($4::json) AS each (
     id text, kind text, bank text, movement text, "chargeId" text, account text, "bankId" text, reference text,
     "amountMinor" int8, currency text, "timesReported" int, "reportAgainFrom" int8)
   ON CONFLICT (id) DO UPDATE SET
     times_said = excluded.times_said, say_at = excluded.say_at, amount_minor = excluded.amount_minor,
     currency = excluded.currency, resolved_at = NULL, resolution = NULL,
     found_at = CASE WHEN known.resolved_at IS NULL THEN known.found_at ELSE now() END`,
);

/** How often resolved differences were emitted, so that no event id is reused. */
export const timesReportedStatement = statement(
  'ledger.compare_times_reported',
  'SELECT id, times_said AS "timesReported" FROM difference WHERE id = ANY($1::text[])',
);

const differenceColumns = `id, kind, bank, movement, charge_id AS "chargeId", account, bank_id AS "bankId", reference,
     amount_minor AS "amountMinor", currency, found_at AS "foundAt", times_said AS "timesReported",
     resolved_at AS "resolvedAt", resolution`;

const openStatement = statement(
  'ledger.open_differences',
  `SELECT ${differenceColumns}
   FROM difference WHERE resolved_at IS NULL OR resolved_at > now() - $1 * interval '1 ms'
   ORDER BY resolved_at DESC NULLS FIRST, found_at DESC LIMIT 1000`,
);

const countOpenStatement = statement(
  'ledger.count_open_differences',
  'SELECT bank, kind, count(*)::int AS count FROM difference WHERE resolved_at IS NULL GROUP BY bank, kind',
);

const positionsStatement = statement(
  'ledger.statement_positions',
  `SELECT position.bank, through, complete_at AS "completeAt", missing_until AS "missingUntil",
     coalesce(compared.seq, 0) AS "comparedThrough",
     extract(epoch FROM clock_timestamp() - complete_at)::float8 AS "ageSeconds"
   FROM statement_position AS position LEFT JOIN compared_entries AS compared ON compared.bank = position.bank
   ORDER BY position.bank`,
);

const countSuspectsStatement = statement('ledger.count_suspects', 'SELECT count(*)::int AS count FROM suspect');

export interface ComparisonCandidate {
  readonly bank: bankProtocol.BankName;
  readonly chargeId: string;
  readonly since: Instant;
  readonly now: Instant;
  readonly completeAt: Instant | null;
  readonly entries: readonly StatedEntry[];
  readonly transfers: readonly BookedTransfer[];
  readonly open: readonly OpenDifference[];
}

export interface OpenDifference extends Pick<Difference, 'id' | 'kind' | 'bankId'> {
  readonly timesReported: number;
  readonly reportAgainFrom: Instant;
}

export interface StatementPosition {
  readonly bank: bankProtocol.BankName;
  readonly through: number;
  readonly comparedThrough: number;
  /** When its statement was last read to the end, on the gateway's clock; null if never. */
  readonly completeAt: Instant | null;
  readonly ageSeconds: number | null;
  readonly missingUntil: number | null;
}

export interface FoundDifference extends Difference {
  readonly foundAt: Instant;
  readonly timesReported: number;
  readonly resolvedAt: Instant | null;
  readonly resolution: Resolution | null;
}

export type Which = Pick<ComparisonCandidate, 'bank' | 'chargeId'>;

/** The result of comparing some suspects. */
export interface ComparisonResult {
  readonly cleared: readonly Which[];
  readonly kept: readonly (Which & { readonly afterMs: number })[];
  readonly resolved: readonly { readonly id: string; readonly resolution: Resolution }[];
  /** New differences, and those to emit again. */
  readonly reported: readonly (Difference & { readonly timesReported: number; readonly reportAgainFrom: Instant })[];
}

@Injectable()
export class ComparisonRepository {
  constructor(@Inject(Database) private readonly database: Sql) {}

  /** Takes the row lock of the comparison. Call it first. */
  async takeTurn(tx: Sql): Promise<void> {
    await tx.query(takeTurnStatement);
  }

  async drawHorizon(tx: Sql): Promise<void> {
    await tx.query(drawHorizonStatement);
  }

  /** @returns the number of compared entries by bank */
  compareEntries(tx: Sql, graceMs: number, max: number): Promise<{ bank: string; compared: number }[]> {
    return tx.query(compareEntriesStatement, [graceMs, max]);
  }

  async compareTransfers(tx: Sql, afterMs: number, max: number): Promise<{ read: number; compared: number }> {
    const [counts] = await tx.query<{ read: number; compared: number }>(compareTransfersStatement, [afterMs, max]);
    return counts!;
  }

  /** Due suspects, the longest due first, without `except`. */
  due(limit: number, except: readonly string[]): Promise<Which[]> {
    return this.database.query<Which>(dueSuspectsStatement, [limit, except]);
  }

  /** Loads those that are still due. */
  suspects(tx: Sql, which: readonly Which[]): Promise<ComparisonCandidate[]> {
    return tx.query<ComparisonCandidate>(suspectsStatement, [
      which.map(({ bank }) => bank),
      which.map(({ chargeId }) => chargeId),
    ]);
  }

  async timesReported(tx: Sql, ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.query<{ id: string; timesReported: number }>(timesReportedStatement, [ids]);
    return new Map(rows.map(({ id, timesReported }) => [id, timesReported]));
  }

  async save(tx: Sql, { cleared, kept, resolved, reported }: ComparisonResult): Promise<void> {
    const looked = [...cleared.map((which) => ({ ...which, afterMs: null })), ...kept];
    await tx.query(saveFindingsStatement, [
      looked.map(({ chargeId }) => chargeId),
      JSON.stringify(Object.fromEntries(looked.map(({ bank, chargeId, afterMs }) => [`${bank} ${chargeId}`, afterMs]))),
      JSON.stringify(Object.fromEntries(resolved.map(({ id, resolution }) => [id, resolution]))),
      JSON.stringify(reported),
    ]);
  }

  /** Open differences first, then those resolved within this time. */
  differences(resolvedWithinMs = 0): Promise<FoundDifference[]> {
    return this.database.query<FoundDifference>(openStatement, [resolvedWithinMs]);
  }

  countOpen(): Promise<{ bank: string; kind: string; count: number }[]> {
    return this.database.query(countOpenStatement);
  }

  async countSuspects(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countSuspectsStatement);
    return row!.count;
  }

  positions(): Promise<StatementPosition[]> {
    return this.database.query<StatementPosition>(positionsStatement);
  }
}

export const comparisonStatements: readonly Statement[] = [
  drawHorizonStatement,
  compareEntriesStatement,
  compareTransfersStatement,
  dueSuspectsStatement,
  suspectsStatement,
  saveFindingsStatement,
  timesReportedStatement,
];
