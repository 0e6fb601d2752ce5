import type { bankProtocol } from '#contracts';
import type { FaultStretch } from './faults.js';
import type { ApiExchange } from './history.js';

/** Kind of a request that moves money. */
export type RequestKind = 'charge' | 'capture' | 'refund';

/** An entry of the clients' history: one request and its answer. `info`: outcome unknown, as in Jepsen's histories. */
export interface ToldAnswer {
  readonly account: string;
  readonly key: string;
  readonly asked: RequestKind;
  readonly kind: 'ok' | 'fail' | 'info';
  /** HTTP status. Absent without an answer. */
  readonly status?: number;
  /** The answer's bytes. */
  readonly body?: string;
  /** The charge, if the client knows it. */
  readonly chargeId?: string;
}

export interface ChargeEvidence {
  readonly id: string;
  readonly account: string;
  readonly state: 'requested' | 'authorized' | 'succeeded' | 'failed' | 'canceled';
  /** The charge waits for another service: for an authorization, capture, void or refund. */
  readonly awaiting: boolean;
  readonly amountMinor: number;
  /** Captured amount. Null unless the charge succeeded. */
  readonly capturedMinor: number | null;
  readonly currency: string;
  /** Creation time on the account's clock, by which lists are ordered. */
  readonly createdMs: number;
  /** Idempotency key of its creation. A generated one begins with a space. */
  readonly key: string;
  readonly capture: 'automatic' | 'manual';
  /** Idempotency key of its capture. */
  readonly captureKey: string | null;
  /** Why its authorization was released. */
  readonly cause: string | null;
  readonly brand: string;
  readonly last4: string;
  /** Fault token of its source. */
  readonly fault: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly receiptEmail: string | null;
  readonly transferGroup: string | null;
  readonly version: number;
  readonly events: number;
}

/** A refund of a captured charge, the cancellation of an uncaptured one, or what of one was not captured. */
export interface RefundEvidence {
  readonly id: string;
  readonly chargeId: string;
  readonly account: string;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly amountMinor: number;
  readonly createdMs: number;
  /** Idempotency key of the request; null for what was not captured, which no request gives back. */
  readonly key: string | null;
  readonly reason: string | null;
  /** Whether it gives back an authorization or a part of one, so that no money moves. */
  readonly cancels: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface BalanceTransactionRow {
  readonly id: string;
  readonly account: string;
  readonly type: 'charge' | 'refund';
  /** Id of the charge or refund. */
  readonly source: string;
  readonly currency: string;
  /** Negative for a refund. */
  readonly amountMinor: number;
  readonly netMinor: number;
  readonly createdMs: number;
  readonly availableOnMs: number;
}

export interface HoldEvidence {
  readonly chargeId: string;
  readonly state: string;
  readonly amountMinor: number | null;
  readonly postedMinor: number | null;
}

export interface TransferRow {
  readonly chargeId: string;
  readonly effect: string;
  readonly kind: 'pending' | 'post' | 'void' | 'single';
  readonly resolves: string | null;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** The bank's id of the corresponding movement. */
  readonly bankId: string | null;
}

export type BankEntry = bankProtocol.EntryRecord & { readonly bank: string };

/** One request in a bank's journal, whatever its result. */
export type ReceivedRequest = bankProtocol.RequestRecord & { readonly bank: string };

export interface KeyEvidence {
  readonly account: string;
  readonly key: string;
}

export interface StripeEventEvidence {
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly objectId: string;
}

/** A webhook that came to an endpoint. */
export interface WebhookReceipt {
  readonly endpointId: string;
  /** Of the body; undefined for a body that is no event. */
  readonly eventId: string | undefined;
  /** Verified with the endpoint's secret over the received bytes. */
  readonly isVerified: boolean;
  /** The receiver took it: it answered 2xx, whether or not the answer came through. */
  readonly isTaken: boolean;
}

/** Stripe's events, and what receivers got of them. Each endpoint wants every event of its account, from the first on. */
export interface WebhookEvidence {
  readonly events: readonly StripeEventEvidence[];
  readonly endpoints: readonly { readonly id: string; readonly account: string }[];
  readonly receipts: readonly WebhookReceipt[];
}

/** The evidence of a verdict: the clients' history, the databases by SQL, the banks' journals. */
export interface Evidence {
  readonly history: readonly ToldAnswer[];
  /** Every request of every client, ordered by sending, for the reference model. */
  readonly exchanges: readonly ApiExchange[];
  /** Every injected fault, except those of single requests, which are in the banks' journals. */
  readonly faults: readonly FaultStretch[];
  /** Limits of admission control, if they differ from the defaults: the smallest of each kind. */
  readonly admits?: { readonly uncommitted: number; readonly unsettled: number } | undefined;
  readonly charges: readonly ChargeEvidence[];
  readonly refunds: readonly RefundEvidence[];
  readonly balanceTransactions: readonly BalanceTransactionRow[];
  readonly holds: readonly HoldEvidence[];
  readonly transfers: readonly TransferRow[];
  readonly entries: readonly BankEntry[];
  readonly requests: readonly ReceivedRequest[];
  /** Absent in runs without receivers. */
  readonly webhooks?: WebhookEvidence | undefined;
  /** Claimed idempotency keys without an answer. */
  readonly unanswered: readonly KeyEvidence[];
  /** Start of quiescence in Unix ms: reads sent later must show the rows exactly. Absent if the run did not wait for it. */
  readonly quietSinceMs?: number;
  /** Rows in the outboxes. The system is not quiescent while there are any, or parked events. */
  readonly unsent: number;
  readonly parked: number;
}

/** Entries of a kind without a void or reversal. */
export function unreversed(entries: readonly BankEntry[], kind: BankEntry['kind']): BankEntry[] {
  const undone = new Set<string>();
  for (const { bank, kind: how, of, reverses } of entries) {
    if (how === 'void' && of) undone.add(`${bank} ${of}`);
    if (how === 'reversal' && reverses) undone.add(`${bank} ${reverses}`);
  }
  return entries.filter((entry) => entry.kind === kind && !undone.has(`${entry.bank} ${entry.bankId}`));
}

/** Authorizations or captures that still hold money: not voided, reversed, or refunded in full. */
export function standing(entries: readonly BankEntry[], kind: 'authorization' | 'capture'): BankEntry[] {
  const refunded = new Map<string, number>();
  for (const { bank, of, amountMinor } of unreversed(entries, 'refund'))
    refunded.set(`${bank} ${of}`, (refunded.get(`${bank} ${of}`) ?? 0) + amountMinor);
  return unreversed(entries, kind).filter(
    ({ bank, bankId, amountMinor }) => (refunded.get(`${bank} ${bankId}`) ?? 0) < amountMinor,
  );
}
