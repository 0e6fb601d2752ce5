import { SystemClock } from '#clock';
import { Database, statement } from '#postgres';

/** Tables that keep rows of each charge for ever, with the column of the charge's id. */
const tables = {
  payments: { charge: 'id', charge_event: 'charge_id', balance_transaction: 'charge_id', inbox: 'id' },
  bank_gateway: { bank_authorization: 'charge_id', bank_operation: 'charge_id', inbox: 'id' },
  ledger: { hold: 'charge_id', transfer: 'charge_id', inbox: 'id' },
} as const;

const PER_COMMIT = 10_000;

/**
 * Fills the tables with copies of settled charges, so that a slowdown by history shows. The copies have ids that sort
 * before all others, and no bank ids, because no bank has performed them.
 *
 * @param templates settled charges, one per merchant
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
    // These statements run longer than the services' statement_timeout allows.
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

/** Condition for tables without an index on the charge: event ids begin with it, as in `ch_1.charge_posted`. */
const ofTemplate: Readonly<Record<string, string>> = {
  inbox: `kept.id >= template.id || '.' AND kept.id < template.id || '/'`,
  balance_transaction: `kept.id = 'txn_' || substr(template.id, 4)`,
};

/** Sorts before every new id, and after a billion copies. */
export const lastOfHistory = `ch_00${'~'.repeat(9)}`;

function copies(table: string, column: string): ReturnType<typeof statement> {
  // A new transaction id, so that the roll-up includes them; no bank id, so that reconciliation ignores them.
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
