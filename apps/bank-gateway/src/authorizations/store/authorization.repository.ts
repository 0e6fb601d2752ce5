import assert from 'node:assert/strict';
import { Inject, Injectable } from '@nestjs/common';
import type { CancellationCause, Card, ReleaseCause, bankProtocol } from '#contracts';
import type { Currency } from '#money';
import { statement, type PgTransaction } from '#postgres';
import type { Aggregates, ChargeKey, Saved, WorkingSet } from '#saga';
import { BankClients } from '../../banks/banks.js';
import type { Operation } from '../authorization/operation.js';
import { changedOperationRow, openedOperationRow, operationFrom, type OperationRow } from './operation.repository.js';
import { gatewayConfig, type GatewaySettings } from '../../settings.js';
import type { Authorization, KnownAuthorization, ChargeTerms } from '../authorization/authorization-state.js';
import type { BankView } from '../authorization/routing.js';

/**
 * The row lock of every transaction. Under READ COMMITTED, after a lock wait only the locked row is re-read; joined rows
 * come from the old snapshot. So lock first, load second.
 */
export const lockStatement = statement(
  'authorization_lock',
  `SELECT FROM unnest($1::text[]) WITH ORDINALITY AS wanted(charge_id, position)
   JOIN LATERAL (SELECT FROM bank_authorization WHERE charge_id = wanted.charge_id FOR UPDATE) a ON true
   ORDER BY wanted.position`,
);

/**
 * Locks live operations too, since `takeDue` takes them without the authorization; ended ones never change, and a row
 * lock is a write. LIMIT 1 only keeps the planner from swapping the join for a table scan.
 */
export const loadStatement = statement(
  'authorization_load',
  `SELECT a.charge_id, a.account, a.amount_minor, a.currency, a.capture, a.card, a.fault, a.state, a.bank AS granted_by,
     a.bank_authorization_id, a.bank_capture_id, a.release_cause, a.cancellation, a.detail, a.traceparent,
     o.reference, o.bank, o.kind, o.part_minor, o.stray, o.suspects, o.phase, o.attempts, o.inquiries, o.reversals, o.doubt_since, o.troubled_since,
     o.needs_attention, o.end_kind, o.end_detail, o.version
   FROM unnest($1::text[]) WITH ORDINALITY AS wanted(charge_id, position)
   JOIN LATERAL (SELECT * FROM bank_authorization WHERE charge_id = wanted.charge_id LIMIT 1) a ON true
   LEFT JOIN LATERAL (
     SELECT * FROM (
       SELECT * FROM bank_operation WHERE charge_id = wanted.charge_id AND phase <> 'ended' FOR UPDATE) AS live
     UNION ALL
     SELECT * FROM bank_operation WHERE charge_id = wanted.charge_id AND phase = 'ended'
   ) o ON true
   ORDER BY wanted.position, o.created_at, o.reference`,
);

/**
 * Updates only columns that can change. The row is locked, so its ctid is stable; joining by ctid avoids a table scan.
 * Runs before `openStatement`, since an ended operation frees the slot of the next. Fails (22P02, with the sentence) unless
 * every operation still has its version: COMMIT follows in the same round trip, so the check is the server's.
 */
export const changeStatement = statement(
  'authorization_change',
  `WITH authorizations AS (
     UPDATE bank_authorization AS stored SET
       state = changed.state, bank = changed.bank, bank_authorization_id = changed.bank_authorization_id,
       bank_capture_id = changed.bank_capture_id, release_cause = changed.release_cause,
       cancellation = changed.cancellation, detail = changed.detail,
       traceparent = coalesce(changed.traceparent, stored.traceparent), updated_at = now()
     FROM json_to_recordset($1::json) AS changed(
       charge_id text, state text, bank text, bank_authorization_id text, bank_capture_id text, release_cause text,
       cancellation text, detail text, traceparent text)
     CROSS JOIN LATERAL (
       SELECT ctid FROM bank_authorization WHERE charge_id = changed.charge_id LIMIT 1
     ) AS place
     WHERE stored.ctid = place.ctid
   ), operations AS (
     UPDATE bank_operation AS stored SET
       suspects = changed.suspects, phase = changed.phase, attempts = changed.attempts,
       inquiries = changed.inquiries, reversals = changed.reversals,
       doubt_since = changed.doubt_since, troubled_since = changed.troubled_since,
       needs_attention = changed.needs_attention, end_kind = changed.end_kind, end_detail = changed.end_detail,
       version = changed.version, holder = changed.holder, due_at = now() + changed.due_in_ms * interval '1 millisecond'
     FROM json_to_recordset($2::json) AS changed(
       reference text, charge_id text, suspects jsonb, phase text, attempts jsonb, inquiries int4, reversals int4,
       doubt_since int8, troubled_since int8, needs_attention bool, end_kind text, end_detail text, version int4,
       holder text, due_in_ms int4)
     CROSS JOIN LATERAL (
       SELECT ctid FROM bank_operation
       WHERE bank_operation.charge_id = changed.charge_id AND bank_operation.reference = changed.reference LIMIT 1
     ) AS place
     WHERE stored.ctid = place.ctid
       AND stored.version = changed.version - 1
     RETURNING stored.reference
   )
   SELECT CASE WHEN count(*) <> $3::int4
     THEN (count(*) || ' operations still had their version, another transaction has saved the rest')::int4 END
   FROM operations`,
);

/** One JSON text per table: an array parameter per column costs as much to parse, and more to serialize. */
export const openStatement = statement(
  'authorization_open',
  `WITH authorizations AS (
     INSERT INTO bank_authorization (
       charge_id, account, amount_minor, currency, capture, card, fault,
       state, bank, bank_authorization_id, bank_capture_id, release_cause, cancellation, detail, traceparent)
     SELECT charge_id, account, amount_minor, currency, capture, card, fault,
       state, bank, bank_authorization_id, bank_capture_id, release_cause, cancellation, detail, traceparent
     FROM json_to_recordset($1::json) AS opened(
       charge_id text, account text, amount_minor int8, currency text, capture text, card jsonb, fault text,
       state text, bank text, bank_authorization_id text, bank_capture_id text, release_cause text, cancellation text,
       detail text, traceparent text)
   )
   INSERT INTO bank_operation (
     reference, charge_id, bank, isolated_to, kind, part_minor, stray, suspects, phase, attempts, inquiries, reversals,
     doubt_since, troubled_since, needs_attention, end_kind, end_detail, version, holder, due_at)
   SELECT reference, charge_id, bank, isolated_to, kind, part_minor, stray, suspects, phase, attempts, inquiries, reversals, doubt_since,
     troubled_since, needs_attention, end_kind, end_detail, version, holder, now() + due_in_ms * interval '1 millisecond'
   FROM json_to_recordset($2::json) AS opened(
     reference text, charge_id text, bank text, isolated_to text, kind text, part_minor int8, stray jsonb, suspects jsonb, phase text,
     attempts jsonb, inquiries int4, reversals int4, doubt_since int8, troubled_since int8, needs_attention bool, end_kind text, end_detail text, version int4,
     holder text, due_in_ms int4)`,
);

export interface AuthorizationRow {
  charge_id: string;
  account: string;
  amount_minor: number;
  currency: Currency;
  capture: ChargeTerms['capture'];
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

/** An authorization joined with one of its operations. Both have a column `bank`. */
type LoadedRow = AuthorizationRow & OperationRow & { granted_by: AuthorizationRow['bank'] };

const none: Authorization = { state: 'none' };

/** The authorizations of one batch, with the set of rows that existed before it. */
class LoadedAuthorizations implements WorkingSet<Authorization, ChargeKey, readonly BankView[]> {
  readonly #states = new Map<string, Authorization>();
  readonly #chargeIds: ReadonlySet<string>;
  readonly #operations: ReadonlySet<Operation>;

  constructor(
    stored: readonly KnownAuthorization[],
    private readonly banks: readonly BankView[],
  ) {
    for (const authorization of stored) this.#states.set(authorization.terms.chargeId, authorization);
    this.#chargeIds = new Set(this.#states.keys());
    this.#operations = new Set(stored.flatMap(({ operations }) => operations));
  }

  get({ chargeId }: ChargeKey): Authorization {
    return this.#states.get(chargeId) ?? none;
  }

  set({ chargeId }: ChargeKey, authorization: Authorization): void {
    this.#states.set(chargeId, authorization);
  }

  contextOf(): readonly BankView[] {
    return this.banks;
  }

  isStored({ terms }: KnownAuthorization): boolean {
    return this.#chargeIds.has(terms.chargeId);
  }

  isAsStored(operation: Operation): boolean {
    return this.#operations.has(operation);
  }
}

/** Authorizations with their operations. */
@Injectable()
export class AuthorizationRepository implements Aggregates<
  PgTransaction,
  Authorization,
  ChargeKey,
  readonly BankView[],
  LoadedAuthorizations
> {
  constructor(
    private readonly banks: BankClients,
    @Inject(gatewayConfig.KEY) private readonly settings: Pick<GatewaySettings, 'INSTANCE_ID'>,
  ) {}

  async load(tx: PgTransaction, keys: readonly ChargeKey[]): Promise<LoadedAuthorizations> {
    const ids = [...new Set(keys.map(({ chargeId }) => chargeId))];
    // Pipelined: one round trip, executed in order.
    const [, rows] = await Promise.all([tx.query(lockStatement, [ids]), tx.query<LoadedRow>(loadStatement, [ids])]);
    const stored: KnownAuthorization[] = [];
    for (const group of Map.groupBy(rows, (row) => row.charge_id).values()) {
      const operations = group
        .filter((row) => row.reference !== null)
        .map((row) => operationFrom(row, row.amount_minor));
      stored.push(authorizationFrom({ ...group[0]!, bank: group[0]!.granted_by }, operations));
    }
    return new LoadedAuthorizations(stored, this.banks.view());
  }

  /** Writes only new and changed rows. */
  save(
    tx: PgTransaction,
    changed: readonly Pick<Saved<Authorization>, 'state' | 'traceparent'>[],
    loaded: LoadedAuthorizations,
  ): Promise<readonly never[]> {
    const opened = { authorizations: [] as object[], operations: [] as object[] };
    const changes = { authorizations: [] as object[], operations: [] as object[] };
    for (const { state, traceparent } of changed) {
      assert(state.state !== 'none', 'an authorization is never forgotten');
      if (loaded.isStored(state)) changes.authorizations.push(changedRow(state, traceparent));
      else opened.authorizations.push(openedRow(state, traceparent));
      for (const operation of state.operations) {
        if (loaded.isAsStored(operation)) continue;
        const next = { ...operation, version: operation.version + 1 };
        if (operation.version > 0)
          changes.operations.push(changedOperationRow(next, state.terms, this.settings.INSTANCE_ID));
        else opened.operations.push(openedOperationRow(next, state.terms, this.settings.INSTANCE_ID));
      }
    }
    if (changes.authorizations.length > 0 || changes.operations.length > 0)
      tx.enqueue(changeStatement, [
        JSON.stringify(changes.authorizations),
        JSON.stringify(changes.operations),
        changes.operations.length,
      ]);
    if (opened.authorizations.length > 0 || opened.operations.length > 0)
      tx.enqueue(openStatement, [JSON.stringify(opened.authorizations), JSON.stringify(opened.operations)]);
    return Promise.resolve([]);
  }
}

/** Undefined properties are not written. */
function openedRow(state: KnownAuthorization, traceparent: string | undefined): object {
  const { account, amount, capture, card, fault } = state.terms;
  return {
    ...changedRow(state, traceparent),
    account,
    amount_minor: amount.amountMinor,
    currency: amount.currency,
    capture,
    card,
    fault: fault ?? undefined,
  };
}

/** The columns that can change. */
function changedRow(state: KnownAuthorization, traceparent: string | undefined): object {
  return {
    charge_id: state.terms.chargeId,
    state: state.state,
    bank: state.state === 'authorizing' ? undefined : (state.bank ?? undefined),
    bank_authorization_id: 'bankAuthorizationId' in state ? state.bankAuthorizationId : undefined,
    bank_capture_id: state.state === 'captured' ? state.bankCaptureId : undefined,
    release_cause: 'cause' in state ? state.cause : undefined,
    cancellation: ('cancellation' in state ? state.cancellation : null) ?? undefined,
    detail: detailOf(state) ?? undefined,
    traceparent,
  };
}

function detailOf(state: KnownAuthorization): string | null {
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

/** The inverse of `openedRow`. The database's CHECK constraints guarantee the assertions. */
export function authorizationFrom(row: AuthorizationRow, operations: readonly Operation[]): KnownAuthorization {
  const terms: ChargeTerms = {
    chargeId: row.charge_id,
    account: row.account,
    amount: { amountMinor: row.amount_minor, currency: row.currency },
    capture: row.capture,
    card: row.card,
    fault: row.fault,
  };
  const base = { terms, operations };
  const cancellation = row.cancellation ?? null;
  const granted = { ...base, bank: row.bank!, bankAuthorizationId: row.bank_authorization_id! };
  switch (row.state) {
    case 'authorizing':
      return { ...base, state: 'authorizing', cancellation };
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
      return { ...base, state: 'declined', bank: row.bank!, code: row.detail! };
    case 'failed':
      return {
        ...base,
        state: 'failed',
        bank: row.bank,
        reason: row.detail as Extract<Authorization, { state: 'failed' }>['reason'],
      };
  }
}
