import assert from 'node:assert/strict';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#clock';
import type { CancellationCause, Card, ReleaseCause, bankProtocol } from '#contracts';
import type { Currency } from '#money';
import { statement, type PgTransaction } from '#postgres';
import type { Aggregates, Saved, WorkingSet } from '#saga';
import { CLOCK, SETTINGS } from '#service';
import { Banks } from '../banks/banks.js';
import { Dispatch } from '../operations/dispatch.js';
import { appendAttempt, type Operation } from '../operations/operation.js';
import { operationFrom, operationRow, type OperationRow } from '../operations/operation.repository.js';
import { actedOnBy } from '../operations/task.js';
import type { GatewaySettings } from '../settings.js';
import type { Authorization, Known, Terms } from './authorization-state.js';

/**
 * What every transaction of the gateway locks. A statement of its own: whoever waits for a lock is given the row as
 * it is by then, and all the rest of its statement as it was before, without the operations that came with it.
 */
export const lockStatement = statement(
  'authorization_lock',
  `SELECT FROM unnest($1::text[]) WITH ORDINALITY AS wanted(charge_id, position)
   JOIN LATERAL (SELECT FROM bank_authorization WHERE charge_id = wanted.charge_id FOR UPDATE) a ON true
   ORDER BY wanted.position`,
);

/**
 * Of authorizations that are locked. Their operations are locked with them: a worker takes one without the other.
 * LIMIT 1 changes no result; it keeps the planner from turning a probe per charge into a walk over all rows.
 */
export const loadStatement = statement(
  'authorization_load',
  `SELECT a.charge_id, a.account, a.amount_minor, a.currency, a.capture, a.card, a.fault, a.state, a.bank AS granted_by,
     a.bank_authorization_id, a.bank_capture_id, a.release_cause, a.cancellation, a.detail, a.traceparent,
     o.reference, o.bank, o.kind, o.part_minor, o.stray, o.suspects, o.phase, o.attempts, o.inquiries, o.reversals, o.doubt_since, o.troubled_since,
     o.needs_attention, o.end_kind, o.end_detail, o.version
   FROM unnest($1::text[]) WITH ORDINALITY AS wanted(charge_id, position)
   JOIN LATERAL (SELECT * FROM bank_authorization WHERE charge_id = wanted.charge_id LIMIT 1) a ON true
   LEFT JOIN LATERAL (SELECT * FROM bank_operation WHERE charge_id = wanted.charge_id FOR UPDATE) o ON true
   ORDER BY wanted.position, o.created_at, o.reference`,
);

/** Each table's rows as one JSON text: an array parameter per column costs more to write than all else here. */
export const saveStatement = statement(
  'authorization_save',
  `WITH authorizations AS (
     INSERT INTO bank_authorization (
       charge_id, account, amount_minor, currency, capture, card, fault,
       state, bank, bank_authorization_id, bank_capture_id, release_cause, cancellation, detail, traceparent)
     SELECT charge_id, account, amount_minor, currency, capture, card, fault,
       state, bank, bank_authorization_id, bank_capture_id, release_cause, cancellation, detail, traceparent
     FROM json_to_recordset($1::json) AS saved(
       charge_id text, account text, amount_minor int8, currency text, capture text, card jsonb, fault text,
       state text, bank text, bank_authorization_id text, bank_capture_id text, release_cause text, cancellation text,
       detail text, traceparent text)
     ON CONFLICT (charge_id) DO UPDATE SET
       state = excluded.state, bank = excluded.bank, bank_authorization_id = excluded.bank_authorization_id,
       bank_capture_id = excluded.bank_capture_id, release_cause = excluded.release_cause,
       cancellation = excluded.cancellation, detail = excluded.detail,
       traceparent = coalesce(excluded.traceparent, bank_authorization.traceparent), updated_at = now()
   )
   INSERT INTO bank_operation AS stored (
     reference, charge_id, bank, kind, part_minor, stray, suspects, phase, attempts, inquiries, reversals, doubt_since,
     troubled_since, needs_attention, end_kind, end_detail, version, holder, due_at)
   SELECT reference, charge_id, bank, kind, part_minor, stray, suspects, phase, attempts, inquiries, reversals, doubt_since,
     troubled_since, needs_attention, end_kind, end_detail, version, holder, now() + due_in_ms * interval '1 millisecond'
   FROM json_to_recordset($2::json) AS saved(
     reference text, charge_id text, bank text, kind text, part_minor int8, stray jsonb, suspects jsonb, phase text,
     attempts jsonb, inquiries int4, reversals int4, doubt_since int8, troubled_since int8, needs_attention bool, end_kind text, end_detail text, version int4,
     holder text, due_in_ms int4)
   ON CONFLICT (charge_id, reference) DO UPDATE SET
     suspects = excluded.suspects, phase = excluded.phase, attempts = excluded.attempts,
     inquiries = excluded.inquiries, reversals = excluded.reversals,
     doubt_since = excluded.doubt_since, troubled_since = excluded.troubled_since,
     needs_attention = excluded.needs_attention, end_kind = excluded.end_kind, end_detail = excluded.end_detail,
     version = excluded.version, holder = excluded.holder, due_at = excluded.due_at
     WHERE stored.version = excluded.version - 1
   RETURNING reference`,
);

export interface AuthorizationRow {
  charge_id: string;
  account: string;
  amount_minor: number;
  currency: Currency;
  capture: Terms['capture'];
  card: Card;
  fault: string | null;
  state: Exclude<Authorization['state'], 'none'>;
  bank: bankProtocol.BankName | null;
  bank_authorization_id: string | null;
  bank_capture_id: string | null;
  release_cause: ReleaseCause | null;
  cancellation?: CancellationCause | null | undefined;
  traceparent: string | null;
  detail: string | null;
}

/** An authorization beside one of its operations; both know a bank. */
type LoadedRow = AuthorizationRow & OperationRow & { granted_by: AuthorizationRow['bank'] };

/** Authorizations with their operations; new operations leave for the wire from here when a slot is free. */
@Injectable()
export class AuthorizationRepository implements Aggregates<PgTransaction, Authorization> {
  /** The operations as they were loaded, so that only what changed is written. */
  readonly #loaded = new WeakMap<PgTransaction, Set<Operation>>();

  constructor(
    private readonly banks: Banks,
    private readonly dispatch: Dispatch,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Pick<GatewaySettings, 'INSTANCE_ID'>,
  ) {}

  async load(tx: PgTransaction, ids: readonly string[]): Promise<WorkingSet<Authorization>> {
    // Sent together, run one after the other.
    const [, rows] = await Promise.all([tx.query(lockStatement, [ids]), tx.query<LoadedRow>(loadStatement, [ids])]);
    const states = new Map<string, Authorization>();
    const loaded = new Set<Operation>();
    for (const [chargeId, group] of Map.groupBy(rows, (row) => row.charge_id)) {
      const operations = group
        .filter((row) => row.reference !== null)
        .map((row) => operationFrom(row, row.amount_minor));
      for (const operation of operations) loaded.add(operation);
      states.set(chargeId, authorizationFrom({ ...group[0]!, bank: group[0]!.granted_by }, operations));
    }
    this.#loaded.set(tx, loaded);
    const none: Authorization = { state: 'none', banks: this.banks.view() };
    return { get: (id) => states.get(id) ?? none, set: (id, state) => void states.set(id, state) };
  }

  async save(tx: PgTransaction, changed: readonly Saved<Authorization>[]): Promise<void> {
    const loaded = this.#loaded.get(tx) ?? new Set();
    const authorizations: object[] = [];
    const operations: object[] = [];
    for (const { state, traceparent } of changed) {
      assert(state.state !== 'none', 'an authorization is never forgotten');
      authorizations.push(authorizationRow(state, traceparent));
      for (const operation of state.operations) {
        if (loaded.has(operation)) continue;
        operations.push(
          operationRow(
            this.#send(tx, state, { ...operation, version: operation.version + 1 }, traceparent),
            state.terms,
            this.settings.INSTANCE_ID,
          ),
        );
      }
    }
    const saved = await tx.query(saveStatement, [JSON.stringify(authorizations), JSON.stringify(operations)]);
    assert.equal(saved.length, operations.length, 'an operation was saved by somebody else while its row was locked');
  }

  /** Begins an operation that nobody has attempted yet, when its bank has a slot free, and hands it over on commit. */
  #send(tx: PgTransaction, state: Known, operation: Operation, traceparent: string | undefined): Operation {
    const { banks, dispatch, clock } = this;
    const isNew = operation.version === 1 && operation.phase === 'open';
    const slot = isNew ? dispatch.tryReserve(operation.bank) : undefined;
    if (!slot) return operation;
    tx.onRollback(() => slot.release());
    const begunAtMs = clock.monotonicMs();
    const begun = appendAttempt(operation, banks.attemptTimes(operation.bank));
    const { id, validUntil } = begun.attempts.at(-1)!;
    tx.onCommit(() =>
      dispatch.handOver({
        terms: state.terms,
        operation: begun,
        actsOn: actedOnBy(operation, state),
        slot,
        traceparent,
        begun: { id, begunAtMs, validUntil },
      }),
    );
    return begun;
  }
}

function authorizationRow(state: Known, traceparent: string | undefined): AuthorizationRow {
  const { chargeId, account, amount, capture, card, fault } = state.terms;
  return {
    charge_id: chargeId,
    account,
    amount_minor: amount.amountMinor,
    currency: amount.currency,
    capture,
    card,
    fault,
    state: state.state,
    bank: state.state === 'authorizing' ? null : state.bank,
    bank_authorization_id: 'bankAuthorizationId' in state ? state.bankAuthorizationId : null,
    bank_capture_id: state.state === 'captured' ? state.bankCaptureId : null,
    release_cause: 'cause' in state ? state.cause : null,
    cancellation: ('cancellation' in state ? state.cancellation : null) ?? undefined,
    detail: detailOf(state),
    traceparent: traceparent ?? null,
  };
}

function detailOf(state: Known): string | null {
  switch (state.state) {
    case 'declined':
      return state.code;
    case 'failed':
      return state.reason;
    case 'voiding':
    case 'voided':
      return state.refusalCode;
    case 'authorizing':
    case 'authorized':
    case 'capturing':
    case 'captured':
      return null;
  }
}

/** The inverse of `authorizationRow`; the database's checks make the assertions here hold. */
export function authorizationFrom(row: AuthorizationRow, operations: readonly Operation[]): Known {
  const terms: Terms = {
    chargeId: row.charge_id,
    account: row.account,
    amount: { amountMinor: row.amount_minor, currency: row.currency },
    capture: row.capture,
    card: row.card,
    fault: row.fault,
  };
  const asked = { terms, operations };
  const cancellation = row.cancellation ?? null;
  const granted = { ...asked, bank: row.bank!, bankAuthorizationId: row.bank_authorization_id! };
  switch (row.state) {
    case 'authorizing':
      return { ...asked, state: 'authorizing', cancellation };
    case 'authorized':
      return { ...granted, state: 'authorized' };
    case 'capturing':
      return { ...granted, state: 'capturing', cancellation };
    case 'captured':
      return { ...granted, state: 'captured', bankCaptureId: row.bank_capture_id!, cancellation };
    case 'voiding':
      return { ...granted, state: 'voiding', cause: row.release_cause!, refusalCode: row.detail };
    case 'voided':
      return { ...granted, state: 'voided', cause: row.release_cause!, refusalCode: row.detail };
    case 'declined':
      return { ...asked, state: 'declined', bank: row.bank!, code: row.detail! };
    case 'failed':
      return {
        ...asked,
        state: 'failed',
        bank: row.bank,
        reason: row.detail as Extract<Authorization, { state: 'failed' }>['reason'],
      };
  }
}
