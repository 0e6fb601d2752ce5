import { Inject, Injectable } from '@nestjs/common';
import { PostgresOutbox } from '#messaging';
import { CLOCK } from '#service';
import { bank as bankEvents, type bankProtocol, type CloudEvent } from '#contracts';
import type { Clock } from '#clock';
import { statement, Database, type PgTransaction, type Sql } from '#postgres';
import type { Outbox } from '#saga';
import { startOf, type StatementReading, type StatementCursor } from './statement-page.js';

/** One row per bank. */
export const statementCursorTableSql = `
  CREATE TABLE statement_cursor (
    bank text COLLATE "C" PRIMARY KEY,
    seq int8 NOT NULL CHECK (seq >= 0),
    bank_id text CHECK ((bank_id IS NULL) = (seq = 0)),
    as_of timestamptz NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
  );
  COMMENT ON TABLE statement_cursor IS 'How far each bank’s statement has been published. To publish one anew: DELETE its row.';
`;

export const cursorStatement = statement(
  'statement_cursor',
  'SELECT bank, seq, bank_id AS "bankId", as_of AS "asOf" FROM statement_cursor WHERE bank = $1',
);

/** Fences a stale leader: compare-and-set on the position where the page was read. */
export const moveStatement = statement(
  'statement_cursor_move',
  `INSERT INTO statement_cursor AS standing (bank, seq, bank_id, as_of)
   SELECT $1::text, $2::int8, $3::text, $4::timestamptz
   WHERE $5::int8 = 0 OR EXISTS (SELECT FROM statement_cursor WHERE bank = $1::text)
   ON CONFLICT (bank) DO UPDATE
     SET seq = excluded.seq, bank_id = excluded.bank_id, as_of = excluded.as_of, published_at = now()
     WHERE standing.seq = $5::int8 AND standing.as_of = $6::timestamptz
   RETURNING bank`,
);

const viewStatement = statement(
  'statement_cursor_view',
  `SELECT bank, seq, bank_id AS "bankId", as_of AS "asOf", published_at AS "publishedAt",
     extract(epoch FROM clock_timestamp() - published_at)::float8 AS "ageSeconds"
   FROM statement_cursor ORDER BY bank`,
);

export interface StatementView extends StatementCursor {
  readonly publishedAt: number;
  readonly ageSeconds: number;
}

@Injectable()
export class StatementCursorRepository {
  constructor(
    @Inject(Database) private readonly database: Pick<Database, 'query' | 'transaction'>,
    @Inject(PostgresOutbox) private readonly outbox: Outbox<PgTransaction>,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async of(bank: bankProtocol.BankName): Promise<StatementCursor> {
    const [row] = await this.database.query<StatementCursor & object>(cursorStatement, [bank]);
    return row ?? startOf(bank);
  }

  /**
   * Publishes the page in the transaction that advances the cursor.
   *
   * @returns false if another leader has advanced it: nothing is published
   */
  publish(from: StatementCursor, { page, cursor }: Extract<StatementReading, { kind: 'page' }>): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const moved = await tx.query(moveStatement, [
        cursor.bank,
        cursor.seq,
        cursor.bankId,
        iso(cursor.asOf),
        from.seq,
        iso(from.asOf),
      ]);
      if (moved.length === 0) return false;
      const event: CloudEvent = {
        ...bankEvents.statementPublished(page),
        source: 'bank-gateway',
        time: this.clock.now(),
      };
      this.outbox.append(tx, [event]);
      return true;
    });
  }

  async views(database: Sql = this.database): Promise<StatementView[]> {
    return database.query<StatementView & object>(viewStatement);
  }
}

const iso = (at: number): string => new Date(at).toISOString();
