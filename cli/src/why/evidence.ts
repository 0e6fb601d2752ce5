import type { bankProtocol, HoldRefusal, RefundRefusal, ReleaseCause } from '#contracts';
import type { Currency, Money } from '#money';

/** What came of asking one service. */
export type ServiceReply<View> =
  | { readonly kind: 'told'; readonly view: View }
  /** It answered, and has never heard of the charge. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'away'; readonly because: string };

/** All that the services, and the banks, say of one charge. Times are milliseconds since the epoch, each by its owner's clock. */
export interface ChargeFacts {
  readonly chargeId: string;
  readonly payments: ServiceReply<PaymentsView>;
  readonly gateway: ServiceReply<GatewayView>;
  readonly ledger: ServiceReply<LedgerView>;
  /** The banks' own journals, as far as they are about this charge. */
  readonly banks: ServiceReply<readonly WhyJournalRecord[]>;
}

export type WhyJournalRecord = bankProtocol.JournalRecord & { readonly bank: string };

/** payments-api: GET /charges/:id, and GET /keys/:account/:key for every key that asked something of the charge. */
export interface PaymentsView {
  readonly charge: {
    readonly account: string;
    readonly state: 'requested' | 'authorized' | 'succeeded' | 'failed' | 'canceled';
    readonly amount_minor: number;
    readonly currency: Currency;
    readonly idempotency_key: string;
    readonly opening: {
      readonly capture?: 'manual';
      readonly instrument: {
        readonly card: { readonly brand: string; readonly last4: string };
        readonly fault: string | null;
      };
    };
    readonly expires_at?: number | null;
  };
  readonly events: readonly StreamEvent[];
  readonly keys: readonly KeyView[];
}

/** An event of the charge's stream. What `data` holds depends on the type; see apps/payments-api/src/charges/charge/charge.ts. */
export interface StreamEvent {
  readonly version: number;
  readonly type: string;
  readonly data: {
    readonly cause?: string;
    readonly code?: string;
    readonly reason?: string;
    readonly holdRefusal?: HoldRefusal | null;
    readonly refusalCode?: string | null;
    readonly refundId?: string;
    readonly capture?: { readonly amount: Money; readonly key: string };
    readonly opening?: { readonly id: string; readonly amount: Money; readonly key?: string };
    readonly refund?: {
      readonly opening: { readonly id: string; readonly amount: Money; readonly key: string };
    } | null;
    readonly end?: { readonly type: string; readonly code?: string; readonly reason?: string };
    readonly amount?: Money;
    readonly fee?: Money;
    readonly changes?: object;
  };
  readonly recorded_at: number;
}

export interface KeyView {
  readonly key: string;
  readonly endpoint: string;
  readonly requestId: string;
  readonly claimedAt?: number | null;
  readonly answeredAt?: number | null;
  readonly answer: { readonly status: number; readonly body: string } | null;
}

/** bank-gateway: GET /charges/:id. */
export interface GatewayView {
  readonly authorization: {
    readonly state:
      'authorizing' | 'authorized' | 'capturing' | 'captured' | 'voiding' | 'voided' | 'declined' | 'failed';
    readonly account: string;
    readonly amount_minor: number;
    readonly currency: Currency;
    readonly capture: 'automatic' | 'manual';
    readonly bank: string | null;
    readonly card: { readonly brand: string; readonly last4: string };
    readonly fault: string | null;
    readonly release_cause: ReleaseCause | null;
    readonly detail: string | null;
    readonly cancellation?: string | null;
    readonly created_at: number;
    readonly updated_at: number;
  };
  readonly operations: readonly OperationView[];
  /** Those that are configured, each with its card networks, the preferred first: GET /banks. */
  readonly banks?: readonly { readonly name: string; readonly networks: readonly string[] }[];
}

export interface OperationView {
  readonly reference: string;
  readonly bank: string;
  readonly kind: 'authorize' | 'capture' | 'void' | 'refund' | 'reversal';
  readonly phase: 'open' | 'reversing' | 'ended';
  readonly attempts: readonly AttemptView[];
  readonly inquiries: number;
  readonly reversals: number;
  readonly doubt_since: number | null;
  readonly needs_attention: boolean;
  readonly end_kind: 'succeeded' | 'refused' | 'not_performed' | null;
  readonly end_detail: string | null;
  readonly part_minor?: number | null;
  readonly stray?: { readonly bankId: string; readonly movement: string } | null;
  readonly created_at: number;
}

export interface AttemptView {
  readonly id: string;
  /** On the bank's clock, at the latest. */
  readonly begunAt: number;
  readonly outcome: 'begun' | 'doubt' | 'not_processed' | 'not_found' | 'performed' | 'refused';
  readonly detail: string | null;
  readonly tookMs?: number | null;
}

/** ledger: GET /charges/:id. */
export interface LedgerView {
  readonly hold: {
    readonly state: 'pending' | 'posted' | 'refused' | 'released' | 'unmatched';
    readonly bank: string;
    readonly posted_minor: number | null;
    readonly fee_minor: number | null;
    readonly refusal: HoldRefusal | null;
    readonly cause: ReleaseCause | null;
    readonly stray_minor: number | null;
    readonly compensated_by?: string | null;
    readonly changed_at: number;
  };
  readonly transfers: readonly TransferView[];
  readonly refunds?: readonly {
    readonly refund_id: string;
    readonly state: 'reserved' | 'posted' | 'released' | 'refused';
    readonly amount_minor: number;
    readonly currency: Currency;
    readonly refusal: RefundRefusal | null;
    readonly refusal_code: string | null;
    readonly changed_at: number;
  }[];
  /** Where the bank's statement and the books did not agree about it: GET /charges/:id/differences. */
  readonly differences?: readonly DifferenceFacts[];
}

export interface DifferenceFacts {
  readonly id: string;
  readonly kind: 'unknown_to_ledger' | 'unknown_to_bank' | 'undone_at_bank' | 'amount_differs';
  readonly bank: string;
  readonly movement: string;
  readonly chargeId: string;
  readonly bankId: string | null;
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly foundAt: number;
  readonly resolvedAt: number | null;
}

export interface TransferView {
  readonly effect: string;
  readonly kind: 'pending' | 'post' | 'void' | 'single';
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount_minor: number;
  readonly currency: Currency;
  /** The id of the event behind it. */
  readonly cause: string;
  readonly posted_at: number;
  readonly bank_id?: string | null;
}

export const told = <View>(asked: ServiceReply<View>): View | undefined =>
  asked.kind === 'told' ? asked.view : undefined;
