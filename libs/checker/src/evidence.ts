import type { bankProtocol } from '#contracts';

/** One request of a client and what it was told. `info`: it never heard, so anything may have happened. */
export interface Told {
  readonly account: string;
  readonly key: string;
  readonly kind: 'ok' | 'fail' | 'info';
  /** HTTP status; absent when nothing came back. */
  readonly status?: number;
  /** As it came, to the byte. */
  readonly body?: string;
  readonly chargeId?: string;
}

export interface ChargeRow {
  readonly id: string;
  readonly account: string;
  readonly state: 'requested' | 'succeeded' | 'failed';
  readonly amountMinor: number;
  readonly currency: string;
  readonly version: number;
  readonly events: number;
}

export interface HoldRow {
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
}

export type Entry = bankProtocol.EntryRecord & { readonly bank: string };

/** All that a verdict rests on: what clients were told, the databases by SQL, the banks' own journals. */
export interface Evidence {
  readonly history: readonly Told[];
  readonly charges: readonly ChargeRow[];
  readonly holds: readonly HoldRow[];
  readonly transfers: readonly TransferRow[];
  readonly entries: readonly Entry[];
  /** Rows left in any outbox, and parked events: nothing is at rest while there are some. */
  readonly unsent: number;
  readonly parked: number;
}

/** The entries that nothing has undone: no void, reversal or refund names them. */
export function standing(entries: readonly Entry[], kind: 'authorization' | 'capture'): Entry[] {
  const undone = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === 'void' && entry.of) undone.add(`${entry.bank} ${entry.of}`);
    if (entry.kind === 'refund' && entry.of) undone.add(`${entry.bank} ${entry.of}`);
    if (entry.kind === 'reversal' && entry.reverses) undone.add(`${entry.bank} ${entry.reverses}`);
  }
  return entries.filter((entry) => entry.kind === kind && !undone.has(`${entry.bank} ${entry.bankId}`));
}
