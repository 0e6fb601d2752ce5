import type { bankProtocol } from '#contracts';
import type { FaultStretch } from './faults.js';
import type { ApiExchange } from './history.js';

/** What a client asked for; each is its own operation in the history. */
export type RequestKind = 'charge' | 'capture' | 'refund';

/** One request of a client and what it was told. `info`: it never heard, so anything may have happened. */
export interface ToldAnswer {
  readonly account: string;
  readonly key: string;
  readonly asked: RequestKind;
  readonly kind: 'ok' | 'fail' | 'info';
  /** HTTP status; absent when nothing came back. */
  readonly status?: number;
  /** As it came, to the byte. */
  readonly body?: string;
  /** The charge that it is about, when the client knows it. */
  readonly chargeId?: string;
}

export interface ChargeEvidence {
  readonly id: string;
  readonly account: string;
  readonly state: 'requested' | 'authorized' | 'succeeded' | 'failed' | 'canceled';
  /** It waits for another service: to be authorized, captured, given back, or for a refund. */
  readonly awaiting: boolean;
  readonly amountMinor: number;
  /** What was captured of it; null unless it succeeded. */
  readonly capturedMinor: number | null;
  readonly currency: string;
  /** On its account's own clock; lists go by it. */
  readonly createdMs: number;
  /** Under which it was opened; it begins with a space when its client sent none. */
  readonly key: string;
  readonly capture: 'automatic' | 'manual';
  /** Under which its capture was asked for. */
  readonly captureKey: string | null;
  /** Why it was given back. */
  readonly cause: string | null;
  readonly brand: string;
  readonly last4: string;
  /** The fault token that it was made with. */
  readonly fault: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly receiptEmail: string | null;
  readonly transferGroup: string | null;
  readonly version: number;
  readonly events: number;
}

/** Of a captured charge, or the cancellation of one that was not. */
export interface RefundEvidence {
  readonly id: string;
  readonly chargeId: string;
  readonly account: string;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly amountMinor: number;
  readonly createdMs: number;
  /** Under which it was asked for. */
  readonly key: string;
  readonly reason: string | null;
  /** It gives back an authorization that was not captured. */
  readonly cancels: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface BalanceTransactionRow {
  readonly id: string;
  readonly account: string;
  readonly type: 'charge' | 'refund';
  /** The charge or the refund. */
  readonly source: string;
  readonly currency: string;
  /** Below zero for a refund. */
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
  /** The bank's own id of the movement that it mirrors. */
  readonly bankId: string | null;
}

export type BankEntry = bankProtocol.EntryRecord & { readonly bank: string };

/** One request as it reached a bank, whatever became of it. */
export type ReceivedRequest = bankProtocol.RequestRecord & { readonly bank: string };

export interface KeyEvidence {
  readonly account: string;
  readonly key: string;
}

/** All that a verdict rests on: what clients were told, the databases by SQL, the banks' own journals. */
export interface Evidence {
  readonly history: readonly ToldAnswer[];
  /** Every request of every client, in the order in which they were sent; what the reference model judges. */
  readonly exchanges: readonly ApiExchange[];
  /** Every fault that was inflicted, those apart that banks' journals name request by request. */
  readonly faults: readonly FaultStretch[];
  /** How much the API was told to admit, where that is not its default: the smallest of its limits of each kind. */
  readonly admits?: { readonly uncommitted: number; readonly unsettled: number } | undefined;
  readonly charges: readonly ChargeEvidence[];
  readonly refunds: readonly RefundEvidence[];
  readonly balanceTransactions: readonly BalanceTransactionRow[];
  readonly holds: readonly HoldEvidence[];
  readonly transfers: readonly TransferRow[];
  readonly entries: readonly BankEntry[];
  readonly requests: readonly ReceivedRequest[];
  /** Keys that somebody asked under, and that have no answer. */
  readonly unanswered: readonly KeyEvidence[];
  /**
   * Unix ms on the clients' clock: all was settled, and nothing moved any more, so that a read that was sent later shows
   * the rows. Absent when nobody waited for that before the last request.
   */
  readonly quietSinceMs?: number;
  /** Rows left in any outbox, and parked events: nothing is at rest while there are some. */
  readonly unsent: number;
  readonly parked: number;
}

/** The entries of a kind that nothing has undone: no void and no reversal names them. */
export function unreversed(entries: readonly BankEntry[], kind: BankEntry['kind']): BankEntry[] {
  const undone = new Set<string>();
  for (const { bank, kind: how, of, reverses } of entries) {
    if (how === 'void' && of) undone.add(`${bank} ${of}`);
    if (how === 'reversal' && reverses) undone.add(`${bank} ${reverses}`);
  }
  return entries.filter((entry) => entry.kind === kind && !undone.has(`${entry.bank} ${entry.bankId}`));
}

/** The same, less the captures that were refunded in full. */
export function standing(entries: readonly BankEntry[], kind: 'authorization' | 'capture'): BankEntry[] {
  const refunded = new Map<string, number>();
  for (const { bank, of, amountMinor } of unreversed(entries, 'refund'))
    refunded.set(`${bank} ${of}`, (refunded.get(`${bank} ${of}`) ?? 0) + amountMinor);
  return unreversed(entries, kind).filter(
    ({ bank, bankId, amountMinor }) => (refunded.get(`${bank} ${bankId}`) ?? 0) < amountMinor,
  );
}
