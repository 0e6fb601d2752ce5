import { SystemClock } from '#clock';
import { Database, statement } from '#postgres';

/** Every table that keeps something of each charge for good, and the column that names the charge. */
const tables = {
  payments: { charge: 'id', charge_event: 'charge_id', balance_transaction: 'charge_id', inbox: 'id' },
  bank_gateway: { bank_authorization: 'charge_id', bank_operation: 'charge_id', inbox: 'id' },
  ledger: { hold: 'charge_id', transfer: 'charge_id', inbox: 'id' },
} as const;

const PER_COMMIT = 10_000;

/**
 * Fills the tables with charges that settled long ago, so that whatever slows down with history shows. They are
 * copies of real ones, one per merchant, under ids that sort before all others; what a copy would say to a bank's
 * statement is left out, because no bank has performed it.
 *
 * @param templates charges that have settled
 */
export async function fillHistory(
  databaseUrl: string,
  templates: readonly string[],
  charges: number,
  progress: (done: number) => void,
): Promise<void> {
  const databases = await Promise.all(
    Object.keys(tables).map((database) =>
      Database.open({ url: databaseUrl, database, maxConnections: 1, clock: new SystemClock() }),
    ),
  );
  const places = Object.values(tables).map((columns) => Object.entries(columns));
  try {
    // One connection each; services are less patient, and should be.
    for (const database of databases) await database.query(statement('bench_patience', 'SET statement_timeout = 0'));
    for (let from = 0; from < charges; from += PER_COMMIT) {
      const until = Math.min(from + PER_COMMIT, charges);
      await Promise.all(
        databases.map(async (database, place) => {
          for (const [table, column] of places[place]!)
            await database.query(copies(table, column), [templates, from, until - 1]);
        }),
      );
      progress(until);
    }
    await Promise.all(databases.map((database) => database.query(statement('bench_analyze', 'ANALYZE'))));
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
}

/** By what there is an index for, where that is not the charge: ids of events begin with it, `ch_1.charge_posted`. */
const ofTemplate: Readonly<Record<string, string>> = {
  inbox: `kept.id >= template.id || '.' AND kept.id < template.id || '/'`,
  balance_transaction: `kept.id = 'txn_' || substr(template.id, 4)`,
};

/** Before every id that is given out now, and behind a milliard of copies. */
export const lastOfHistory = `ch_00${'~'.repeat(9)}`;

function copies(table: string, column: string): ReturnType<typeof statement> {
  // Written now, so that balances are rolled up over them; unknown to banks' statements.
  const fresh = `|| CASE WHEN '${table}' IN ('transfer', 'balance_transaction')
    THEN jsonb_build_object('xact', pg_current_xact_id()::text, 'bank_id', NULL) ELSE '{}' END`;
  return statement(
    `bench_copy_${table}`,
    `INSERT INTO ${table}
     SELECT copy.* FROM generate_series($2::int, $3::int) AS n
     JOIN LATERAL (SELECT ($1::text[])[1 + n % cardinality($1::text[])] AS id) AS template ON true
     JOIN ${table} AS kept ON ${ofTemplate[table] ?? `kept.${column} = template.id`}
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${table},
       replace(to_jsonb(kept)::text, substr(template.id, 4), '0' || lpad(n::text, 10, '0'))::jsonb ${fresh}) AS copy`,
  );
}
