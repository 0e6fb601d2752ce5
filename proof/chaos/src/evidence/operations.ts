import { statement } from '#postgres';
import type { ChaosDatabases } from './databases.js';

export interface OperationEvidence {
  readonly reference: string;
  readonly chargeId: string;
  readonly bank: string;
  readonly kind: 'authorize' | 'capture' | 'void' | 'refund' | 'reversal';
  readonly attempts: readonly { readonly id: string; readonly outcome: string; readonly detail: string | null }[];
  readonly inquiries: number;
  readonly reversals: number;
  readonly endKind: 'succeeded' | 'refused' | 'not_performed' | null;
  readonly endDetail: string | null;
}

export interface HoldEnding {
  readonly chargeId: string;
  readonly state: string;
  readonly cause: string | null;
  readonly refusal: string | null;
}

const operationsSql = statement(
  'chaos_operations',
  `SELECT reference, charge_id AS "chargeId", bank, kind, attempts, inquiries, reversals,
     end_kind AS "endKind", end_detail AS "endDetail" FROM bank_operation`,
);
const holdsSql = statement('chaos_holds', 'SELECT charge_id AS "chargeId", state, cause, refusal FROM hold');

export async function readOperations(databases: ChaosDatabases): Promise<OperationEvidence[]> {
  return databases.eventually<OperationEvidence>('bank_gateway', operationsSql);
}

export async function readHoldEndings(databases: ChaosDatabases): Promise<HoldEnding[]> {
  return databases.eventually<HoldEnding>('ledger', holdsSql);
}
