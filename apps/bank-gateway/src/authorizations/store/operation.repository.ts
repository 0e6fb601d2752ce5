import { isolatedTo } from '#bank-call';
import type { bankProtocol } from '#contracts';
import { statement, type Sql } from '#postgres';
import type { ChargeTerms } from '../authorization/authorization-state.js';
import { OPERATION_LEASE_MS } from '../authorization/attempt.js';
import type {
  OperationAttempt,
  Operation,
  OperationEnd,
  OperationKind,
  StrayMovement,
} from '../authorization/operation.js';

/** `authorization` is a reserved word in SQL, hence the prefix on both tables. */
export const authorizationTablesSql = `
  CREATE TABLE bank_authorization (
    charge_id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    capture text NOT NULL CHECK (capture IN ('automatic', 'manual')),
    card jsonb NOT NULL,
    fault text,
    state text NOT NULL CHECK (state IN
      ('authorizing', 'authorized', 'capturing', 'captured', 'voiding', 'voided', 'declined', 'failed')),
    bank text,
    bank_authorization_id text,
    bank_capture_id text,
    release_cause text,
    detail text,
    traceparent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((bank_authorization_id IS NOT NULL) = (state IN ('authorized', 'capturing', 'captured', 'voiding', 'voided'))),
    CHECK ((bank_capture_id IS NOT NULL) = (state = 'captured')),
    CHECK ((release_cause IS NOT NULL) = (state IN ('voiding', 'voided'))),
    CHECK (detail IS NOT NULL OR state NOT IN ('declined', 'failed')),
    CHECK (bank IS NOT NULL OR state IN ('authorizing', 'failed'))
  ) WITH (fillfactor = 80);

  CREATE TABLE bank_operation (
    reference text COLLATE "C" NOT NULL,
    charge_id text COLLATE "C" NOT NULL REFERENCES bank_authorization,
    bank text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('authorize', 'capture', 'void')),
    phase text NOT NULL CHECK (phase IN ('open', 'reversing', 'ended')),
    attempts jsonb NOT NULL,
    inquiries int4 NOT NULL,
    reversals int4 NOT NULL,
    doubt_since int8,
    troubled_since int8,
    needs_attention boolean NOT NULL,
    end_kind text CHECK (end_kind IN ('succeeded', 'refused', 'not_performed')),
    end_detail text,
    version int4 NOT NULL,
    holder text,
    due_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- A reference begins with its charge, so one index finds a charge's operations and keeps references unique.
    PRIMARY KEY (charge_id, reference),
    CHECK (starts_with(reference, charge_id)),
    CHECK ((phase = 'ended') = (end_kind IS NOT NULL)),
    CHECK ((phase = 'ended') = (due_at IS NULL)),
    CHECK (kind <> 'capture' OR phase <> 'reversing')
  ) WITH (fillfactor = 80);
  -- The closing slot: one live operation per charge, so a capture and a void are never concurrent.
  CREATE UNIQUE INDEX bank_operation_one_live ON bank_operation (charge_id) WHERE phase <> 'ended';
  CREATE INDEX bank_operation_due ON bank_operation (bank, due_at) WHERE due_at IS NOT NULL;
`;

export interface OperationRow {
  reference: string;
  bank: bankProtocol.BankName;
  kind: OperationKind;
  /** Null for the whole authorized amount. */
  part_minor?: number | null | undefined;
  stray?: StrayMovement | null | undefined;
  suspects?: readonly StrayMovement[] | null | undefined;
  phase: Operation['phase'];
  attempts: readonly OperationAttempt[];
  inquiries: number;
  reversals: number;
  doubt_since: number | null;
  troubled_since: number | null;
  needs_attention: boolean;
  end_kind: OperationEnd['kind'] | null;
  end_detail: string | null;
  version: number;
}

/** @param wholeMinor the authorized amount in minor units */
export function operationFrom(row: OperationRow, wholeMinor: number): Operation {
  return {
    reference: row.reference,
    kind: row.kind,
    bank: row.bank,
    amountMinor: row.part_minor ?? wholeMinor,
    stray: row.stray ?? null,
    suspects: row.suspects ?? [],
    phase: row.phase,
    attempts: row.attempts,
    inquiries: row.inquiries,
    reversals: row.reversals,
    doubtSince: row.doubt_since,
    troubledSince: row.troubled_since,
    needsAttention: row.needs_attention,
    end: endFrom(row),
    version: row.version,
    dueInMs: 0,
  };
}

function endFrom({ end_kind, end_detail }: OperationRow): OperationEnd | null {
  switch (end_kind) {
    case null:
      return null;
    case 'succeeded':
      return { kind: 'succeeded', bankId: end_detail! };
    case 'refused':
      return { kind: 'refused', code: end_detail! };
    case 'not_performed':
      return {
        kind: 'not_performed',
        reason: end_detail as Extract<OperationEnd, { kind: 'not_performed' }>['reason'],
      };
  }
}

function endDetailOf(end: OperationEnd): string {
  switch (end.kind) {
    case 'succeeded':
      return end.bankId;
    case 'refused':
      return end.code;
    case 'not_performed':
      return end.reason;
  }
}

/** The inverse of `operationFrom`, with further columns. Undefined properties are not written. */
export function openedOperationRow(operation: Operation, terms: ChargeTerms, holder: string): object {
  const { amountMinor } = operation;
  return {
    ...changedOperationRow(operation, terms, holder),
    bank: operation.bank,
    isolated_to: isolatedTo(terms),
    kind: operation.kind,
    part_minor: amountMinor === terms.amount.amountMinor ? undefined : amountMinor,
    stray: operation.stray ?? undefined,
  };
}

/** The columns that can change. */
export function changedOperationRow(operation: Operation, terms: ChargeTerms, holder: string): object {
  const { end, suspects } = operation;
  return {
    reference: operation.reference,
    charge_id: terms.chargeId,
    suspects: suspects.length > 0 ? suspects : undefined,
    phase: operation.phase,
    attempts: operation.attempts,
    inquiries: operation.inquiries,
    reversals: operation.reversals,
    doubt_since: operation.doubtSince ?? undefined,
    troubled_since: operation.troubledSince ?? undefined,
    needs_attention: operation.needsAttention,
    end_kind: end?.kind,
    end_detail: end ? endDetailOf(end) : undefined,
    version: operation.version,
    holder,
    due_in_ms: end ? undefined : Math.ceil(operation.dueInMs),
  };
}

/**
 * No joins, since the planner would swap their sides while the tables are small. The row is locked, so its ctid is
 * stable until the update.
 *
 * @param free a row source of free slots
 */
const takeWhere = (free: string, condition: string, [holder, leaseMs]: readonly [string, string]): string =>
  `UPDATE bank_operation AS taken
   SET holder = ${holder}, version = version + 1, due_at = now() + ${leaseMs}::int4 * interval '1 millisecond'
   WHERE ctid = ANY (ARRAY(
     SELECT due.ctid
     FROM ${free}
     CROSS JOIN LATERAL (
       SELECT ctid FROM bank_operation
       WHERE ${condition} AND due_at <= now()
       ORDER BY due_at LIMIT free.slots FOR UPDATE SKIP LOCKED
     ) AS due
   ))
   RETURNING taken.*, (SELECT to_jsonb(a) FROM bank_authorization AS a WHERE a.charge_id = taken.charge_id) AS authorization`;

export const takeDueStatement = statement(
  'operation_take_due',
  takeWhere(
    'unnest($1::text[], $2::int4[]) AS free(bank, slots)',
    'bank_operation.bank = free.bank AND isolated_to IS NULL',
    ['$3', '$4'],
  ),
);

export const takeDueIsolatedStatement = statement(
  'operation_take_due_isolated',
  takeWhere(
    'unnest($1::text[], $2::text[], $3::int4[]) AS free(bank, account, slots)',
    'bank_operation.bank = free.bank AND isolated_to = free.account',
    ['$4', '$5'],
  ),
);

export const isolatedDueStatement = statement(
  'operation_isolated_due',
  `SELECT free.bank, due.account FROM unnest($1::text[]) AS free(bank)
   CROSS JOIN LATERAL (
     SELECT DISTINCT isolated_to AS account FROM bank_operation
     WHERE bank_operation.bank = free.bank AND isolated_to IS NOT NULL AND due_at <= now()
   ) AS due`,
);

/**
 * Takes due operations, up to the free slots of each bank: those without a slot so far, after their backoff, or with an
 * expired lease. Two instances never take the same one.
 */
export async function takeDue<Row extends OperationRow>(
  database: Sql,
  free: ReadonlyMap<bankProtocol.BankName, number>,
  holder: string,
): Promise<Row[]> {
  return database.query<Row>(takeDueStatement, [[...free.keys()], [...free.values()], holder, OPERATION_LEASE_MS]);
}

/** The isolated operations of an account at a bank, with their own slots. */
export interface IsolatedLane {
  readonly bank: bankProtocol.BankName;
  readonly account: string;
}

/** The lanes with due isolated operations at these banks. */
export async function isolatedLanesDue(sql: Sql, banks: readonly bankProtocol.BankName[]): Promise<IsolatedLane[]> {
  return sql.query<IsolatedLane>(isolatedDueStatement, [banks]);
}

/** As `takeDue`, for these lanes. */
export async function takeDueIsolated<Row extends OperationRow>(
  sql: Sql,
  free: readonly (IsolatedLane & { readonly slots: number })[],
  holder: string,
): Promise<Row[]> {
  return sql.query<Row>(takeDueIsolatedStatement, [
    free.map(({ bank }) => bank),
    free.map(({ account }) => account),
    free.map(({ slots }) => slots),
    holder,
    OPERATION_LEASE_MS,
  ]);
}
