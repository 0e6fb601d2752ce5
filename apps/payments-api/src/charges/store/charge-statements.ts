import { statement } from '#postgres';
import { insertTransactions } from '../../balance/balance-transaction.repository.js';
import { columns } from './charge-rows.repository.js';

// LIMIT 1 keeps the planner on the index (key.repository.ts). The request that opened the charge waits while the state
// is `requested`, unless its key was pruned and reused: hence the comparison of charge_id.
export const loadStatement = statement(
  'charge_load',
  `SELECT locked.*, rendering.*, shown.intent
   FROM unnest($1::text[]) AS wanted (id)
   CROSS JOIN LATERAL (
     SELECT ${columns}, idempotency_key AS key FROM charge WHERE charge.id = wanted.id FOR UPDATE
   ) AS locked
   LEFT JOIN LATERAL (
     SELECT expand, api_version AS "apiVersion", holder, request_id AS "requestId" FROM idempotency_key
     WHERE locked.state = 'requested'
       AND idempotency_key.account = locked.account AND idempotency_key.key = locked.key
       AND idempotency_key.charge_id = locked.id
       AND coalesce(idempotency_key.subject, '') = coalesce('confirm ' || locked.payment_intent, '') LIMIT 1
   ) AS rendering ON true
   LEFT JOIN LATERAL (
     SELECT intent FROM payment_intent WHERE payment_intent.id = locked.payment_intent LIMIT 1
   ) AS shown ON true`,
);

/** Inserts charges and their first events. */
export const openStatement = statement(
  'charge_open',
  `WITH opened AS (
     INSERT INTO charge (id, account, state, version, amount_minor, currency, customer, payment_intent, created_at,
                         opening, details, hold, awaiting, expires_at, idempotency_key, traceparent)
     SELECT id, account, state, version, amount_minor, currency, customer, payment_intent,
            to_timestamp(created_ms / 1000.0), opening, details, hold, awaiting, to_timestamp(expires_ms / 1000.0),
            key, traceparent
     FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::int8[], $6::text[], $7::text[], $8::text[],
                 $9::int8[], $10::jsonb[], $11::jsonb[], $12::jsonb[], $13::bool[], $14::int8[], $15::text[],
                 $16::text[])
       AS new (id, account, state, version, amount_minor, currency, customer, payment_intent, created_ms, opening,
               details, hold, awaiting, expires_ms, key, traceparent)
   )
   INSERT INTO charge_event (charge_id, version, type, data)
   SELECT * FROM unnest($17::text[], $18::int4[], $19::text[], $20::jsonb[])`,
);

/**
 * Updates charges and inserts events, balance transactions and answers in one statement. The rows are locked, so their
 * ctid is stable; joining by ctid avoids a table scan when the planner's statistics are stale.
 */
export const changeStatement = statement(
  'charge_change',
  `WITH written AS (
     UPDATE charge AS stored
     SET state = changed.state, version = changed.version, details = coalesce(changed.details, stored.details),
         hold = changed.hold, ending = changed.ending, refund_count = changed.refund_count,
         refund_pending_minor = changed.pending_minor, refund_succeeded_minor = changed.succeeded_minor,
         awaiting = changed.awaiting,
         expires_at = to_timestamp(changed.expires_ms / 1000.0), sweeps = 0, next_sweep_at = now() + interval '15 s'
     FROM unnest($1::text[], $2::text[], $3::int4[], $4::jsonb[], $5::jsonb[], $6::jsonb[], $7::int4[], $8::int8[],
                 $9::int8[], $10::bool[], $11::int8[])
       AS changed (id, state, version, details, hold, ending, refund_count, pending_minor, succeeded_minor, awaiting,
                   expires_ms)
     CROSS JOIN LATERAL (SELECT ctid FROM charge WHERE charge.id = changed.id LIMIT 1) AS place
     WHERE stored.ctid = place.ctid
   ), recorded AS (
     INSERT INTO charge_event (charge_id, version, type, data)
     SELECT * FROM unnest($12::text[], $13::int4[], $14::text[], $15::jsonb[])
   ), moved AS (
     ${insertTransactions(20)}
   )
   INSERT INTO idempotency_answer (account, key, status, body)
   SELECT * FROM unnest($16::text[], $17::text[], $18::int2[], $19::text[])
   ON CONFLICT DO NOTHING
   RETURNING account, key`,
);

/** Upserts refunds. Sent only in transactions that change one. */
export const saveRefundsStatement = statement(
  'charge_save_refunds',
  `INSERT INTO refund (id, account, charge_id, state, amount_minor, currency, created_at, refund)
   SELECT id, account, charge_id, state, amount_minor, currency, to_timestamp(created_ms / 1000.0), refund
   FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::int8[], $8::jsonb[])
     AS new (id, account, charge_id, state, amount_minor, currency, created_ms, refund)
   ON CONFLICT (id) DO UPDATE SET state = excluded.state, refund = excluded.refund`,
);
