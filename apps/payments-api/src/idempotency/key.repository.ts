import { statement, type PgTransaction, type Sql, type UnitOfWork } from '#postgres';
import { nameOf, type Claim, type GivenAnswer, type KeyName, type KeyRow, type KeyUse, type Rendering } from './key.js';

/** The liveness lease of an instance, here and in SQL; a holder id is `name#random`. */
export const instanceLeaseOf = (holder: string): string => `instance-${holder.split('#', 1)[0]}`;
const instanceLease = `'instance-' || split_part(idempotency_key.holder, '#', 1)`;

export const claimStatement = statement(
  'key_claim',
  `INSERT INTO idempotency_key (account, key, endpoint, fingerprint, request_id, charge_id, subject, expand,
                                api_version, holder, answer_by)
   SELECT account, key, endpoint, fingerprint, request_id, charge_id, subject, expand,
          api_version, holder, now() + within_ms * interval '1 ms'
   FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
               $9::text[], $10::text[], $11::int8[])
     AS claim (account, key, endpoint, fingerprint, request_id, charge_id, subject, expand, api_version, holder,
               within_ms)
   ON CONFLICT DO NOTHING
   RETURNING account, key`,
);

// LIMIT 1 changes no result. It keeps the planner from replacing one index probe for each name by a table scan.
export const readKeysStatement = statement(
  'key_read',
  `SELECT wanted.account, wanted.key, found.*, given.status, given.body
   FROM unnest($1::text[], $2::text[]) AS wanted (account, key)
   CROSS JOIN LATERAL (
     SELECT endpoint, fingerprint, request_id, charge_id,
            (extract(epoch FROM answer_by - clock_timestamp()) * 1000)::int8 AS remaining_ms,
            EXISTS (SELECT FROM lease WHERE lease.name = ${instanceLease}
                    AND lease.holder = idempotency_key.holder AND lease.expires_at > clock_timestamp()) AS holder_alive
     FROM idempotency_key
     WHERE idempotency_key.account = wanted.account AND idempotency_key.key = wanted.key LIMIT 1
   ) AS found
   LEFT JOIN LATERAL (
     SELECT status, body FROM idempotency_answer AS answer
     WHERE answer.account = wanted.account AND answer.key = wanted.key LIMIT 1
   ) AS given ON true`,
);

export const readAnswersStatement = statement(
  'key_answers',
  `SELECT wanted.account, wanted.key, given.status, given.body
   FROM unnest($1::text[], $2::text[]) AS wanted (account, key)
   CROSS JOIN LATERAL (
     SELECT status, body FROM idempotency_answer AS answer
     WHERE answer.account = wanted.account AND answer.key = wanted.key LIMIT 1
   ) AS given`,
);

export const storeAnswersStatement = statement(
  'key_store_answers',
  `INSERT INTO idempotency_answer (account, key, status, body)
   SELECT * FROM unnest($1::text[], $2::text[], $3::int2[], $4::text[])
   ON CONFLICT DO NOTHING
   RETURNING account, key`,
);

export const readRenderingsStatement = statement(
  'key_renderings',
  `SELECT wanted.account, wanted.key, found.*
   FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS wanted (account, key, charge_id, subject)
   CROSS JOIN LATERAL (
     SELECT expand, api_version AS "apiVersion", holder, request_id AS "requestId" FROM idempotency_key
     WHERE idempotency_key.account = wanted.account AND idempotency_key.key = wanted.key
       AND idempotency_key.charge_id = wanted.charge_id AND idempotency_key.subject = wanted.subject LIMIT 1
   ) AS found`,
);

export const pruneAnswersStatement = statement(
  'key_prune_answers',
  `DELETE FROM idempotency_answer WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM idempotency_answer WHERE answered_at < now() - $1::int8 * interval '1 ms'
     ORDER BY answered_at LIMIT $2
   ))
   RETURNING account, key`,
);

export const pruneKeysStatement = statement(
  'key_prune',
  `DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(
     SELECT found.ctid FROM unnest($1::text[], $2::text[]) AS pruned (account, key)
     CROSS JOIN LATERAL (
       SELECT ctid FROM idempotency_key AS kept
       WHERE kept.account = pruned.account AND kept.key = pruned.key LIMIT 1
     ) AS found
   ))`,
);

interface StoredKey {
  account: string;
  key: string;
  endpoint: string;
  fingerprint: string;
  request_id: string;
  charge_id: string | null;
  status: number | null;
  body: string | null;
  remaining_ms: number;
  holder_alive: boolean;
}

/**
 * Claims the keys that are free, in one global order, so that two batches cannot deadlock. Waits for concurrent
 * claims: afterwards every key has a committed row.
 *
 * @returns the claimed names, as `nameOf` writes them
 */
export async function claimKeys(tx: PgTransaction, claims: readonly Claim[]): Promise<Set<string>> {
  const sorted = [...claims].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const rows = await tx.query<{ account: string; key: string }>(claimStatement, [
    sorted.map((claim) => claim.account),
    sorted.map((claim) => claim.key),
    sorted.map((claim) => claim.endpoint),
    sorted.map((claim) => claim.fingerprint),
    sorted.map((claim) => claim.requestId),
    sorted.map((claim) => claim.chargeId),
    sorted.map((claim) => claim.subject),
    sorted.map((claim) => JSON.stringify(claim.expand)),
    sorted.map((claim) => claim.apiVersion),
    sorted.map((claim) => claim.holder),
    sorted.map((claim) => claim.answerWithinMs),
  ]);
  return new Set(rows.map(nameOf));
}

export async function readKeys(sql: Sql, names: readonly KeyName[]): Promise<Map<string, KeyRow>> {
  const rows = await sql.query<StoredKey>(readKeysStatement, columnsOf(names));
  return new Map(
    rows.map((row) => [
      nameOf(row),
      {
        account: row.account,
        key: row.key,
        endpoint: row.endpoint,
        fingerprint: row.fingerprint,
        requestId: row.request_id,
        chargeId: row.charge_id,
        answer: row.body === null ? null : { status: row.status!, body: row.body },
        remainingMs: row.remaining_ms,
        holderAlive: row.holder_alive,
      },
    ]),
  );
}

/** @returns the stored answers; keys without one are left out */
export async function readAnswers(sql: Sql, names: readonly KeyName[]): Promise<GivenAnswer[]> {
  const rows = await sql.query<{ account: string; key: string; status: number; body: string }>(
    readAnswersStatement,
    columnsOf(names),
  );
  return rows.map(({ account, key, ...answer }) => ({ account, key, answer }));
}

/** How to render the answers of keys that wait, by `nameOf`. Pruned and reused keys are left out. */
export async function readRenderings(sql: Sql, uses: readonly KeyUse[]): Promise<Map<string, Rendering>> {
  const rows = await sql.query<KeyName & Rendering>(readRenderingsStatement, [
    ...columnsOf(uses),
    uses.map(({ chargeId }) => chargeId),
    uses.map(({ subject }) => subject),
  ]);
  return new Map(
    rows.map(({ expand, apiVersion, holder, requestId, ...name }) => [
      nameOf(name),
      { expand, apiVersion, holder, requestId },
    ]),
  );
}

/** Frees keys that this transaction claimed for a request that it withdrew. */
export function giveBackKeys(tx: PgTransaction, names: readonly KeyName[]): void {
  tx.enqueue(pruneKeysStatement, columnsOf(names));
}

/** The first writer wins: an existing answer stays. @returns the names whose answer was the first */
export function storeAnswers(sql: Sql, given: readonly GivenAnswer[]): Promise<KeyName[]> {
  return sql.query<KeyName & object>(storeAnswersStatement, answerValues(given));
}

/** As `storeAnswers`, in the round trip of COMMIT. */
export function enqueueAnswers(tx: PgTransaction, given: readonly GivenAnswer[]): void {
  tx.enqueue(storeAnswersStatement, answerValues(given));
}

function answerValues(given: readonly GivenAnswer[]): unknown[] {
  const sorted = [...given].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return [...columnsOf(sorted), sorted.map(({ answer }) => answer.status), sorted.map(({ answer }) => answer.body)];
}

/** @returns the number of deleted keys; a key without an answer is kept */
export async function pruneKeys(store: UnitOfWork<PgTransaction>, keptMs: number, limit: number): Promise<number> {
  return store.transaction(async (tx) => {
    const pruned = await tx.query<{ account: string; key: string }>(pruneAnswersStatement, [keptMs, limit]);
    if (pruned.length > 0) tx.enqueue(pruneKeysStatement, columnsOf(pruned));
    return pruned.length;
  });
}

export function columnsOf(names: readonly KeyName[]): [string[], string[]] {
  return [names.map(({ account }) => account), names.map(({ key }) => key)];
}
