import type { SourceEdit, Sabotage } from '../sabotage.js';

const chargeStatements = 'apps/payments-api/src/charges/store/charge-statements.ts';
const workerIds = 'libs/snowflake/src/worker-id.repository.ts';

/** What stands behind ids that are unique: a charge, and a stream of events, that takes no second one in the same place. */
const chargeTakesAnything: readonly SourceEdit[] = [
  {
    file: chargeStatements,
    find: 'expires_ms, key, traceparent)\n   )',
    replace: 'expires_ms, key, traceparent)\n     ON CONFLICT DO NOTHING\n   )',
  },
  {
    file: chargeStatements,
    find: 'SELECT * FROM unnest($17::text[], $18::int4[], $19::text[], $20::jsonb[])`',
    replace: 'SELECT * FROM unnest($17::text[], $18::int4[], $19::text[], $20::jsonb[])\n   ON CONFLICT DO NOTHING`',
  },
];

export const ids: readonly Sabotage[] = [
  {
    name: 'stale-epoch-accepted',
    says: 'who has lost a worker id goes on renewing it and issuing ids under it, beside its next holder; and the table of charges does not mind',
    breaks: ['A10'],
    edits: [
      {
        file: workerIds,
        find: 'WHERE expires_at <= clock_timestamp() ORDER BY last_ms, id LIMIT 1 FOR UPDATE SKIP LOCKED',
        replace: 'WHERE id = 0 LIMIT 1 FOR UPDATE SKIP LOCKED',
      },
      {
        file: workerIds,
        find: 'WHERE id = $1 AND holder = $2 RETURNING id`',
        replace: "WHERE id = $1 AND $2::text <> '' RETURNING id`",
      },
      {
        file: 'libs/snowflake/src/worker-id-lease.ts',
        find: 'const after = Math.max(taken.previousMs, this.#lastMs);',
        replace: 'const after = this.#lastMs;',
      },
      ...chargeTakesAnything,
    ],
  },
  {
    name: 'snowflake-without-clock-guard',
    says: 'ids follow the wall clock back, and the table of charges does not mind one that was given before',
    breaks: ['A10'],
    edits: [
      ...chargeTakesAnything,
      {
        file: 'libs/snowflake/src/snowflake.ts',
        find: 'this.#latestWallMs = Math.max(this.#latestWallMs, clock.now());\n    const borrowing = this.#latestWallMs <= this.#lastMs;',
        replace: 'this.#latestWallMs = clock.now();\n    const borrowing = this.#latestWallMs === this.#lastMs;',
      },
    ],
  },
];
