import type { SourceEdit, Sabotage } from '../sabotage.js';

const chargeStatements = 'apps/payments-api/src/charges/store/charge-statements.ts';
const workerIds = 'libs/snowflake/src/worker-id.repository.ts';

/** The second line of defence, taken away: without ON CONFLICT the unique indexes reject a second charge or event of an id. */
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
    says: 'a process that lost its worker id keeps renewing it and issues ids beside the new holder (no fencing), and an insert of a charge ignores a duplicate id',
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
    says: 'snowflake ids follow the wall clock backwards, and an insert of a charge ignores a duplicate id',
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
