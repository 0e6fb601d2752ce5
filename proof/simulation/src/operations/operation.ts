import type { Currency } from '#money';

/** One operation of a merchant, planned before the world begins. */
export type MerchantOperation =
  MoneyOperation | PlannedEdit | PlannedRead | MisuseAttempt | TestClockUse | KeyRevocation;

/** An operation that moves money, or a repetition of one. */
export type MoneyOperation = Wanted | RepeatedRequest;

/** An operation that moves money. Its `id` determines its idempotency key. */
export type Wanted = PlannedCharge | PlannedCapture | PlannedRefund;

export type DetailChanges = Readonly<Record<string, string>>;

export interface PlannedCharge {
  readonly kind: 'create';
  readonly id: number;
  readonly atMs: number;
  readonly account: string;
  readonly source: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  /** False for manual capture. */
  readonly capture: boolean;
  /** Further parameters: description, metadata, expansions. */
  readonly details?: DetailChanges;
  /** The operation whose idempotency key it uses: of another account, or of its own after the key's expiry. */
  readonly keyOf?: number;
}

/** A capture. `charge` is the id of the operation that creates the charge. */
export interface PlannedCapture {
  readonly kind: 'capture';
  readonly id: number;
  readonly atMs: number;
  readonly charge: number;
  /** Undefined for the whole amount. */
  readonly amountMinor: number | undefined;
}

/** A refund; of an uncaptured charge, a cancellation. */
export interface PlannedRefund {
  readonly kind: 'refund';
  readonly id: number;
  readonly atMs: number;
  readonly charge: number;
  readonly amountMinor: number | undefined;
  readonly details?: DetailChanges;
}

/** The same request under the same key, several times at once, to any instance. */
export interface RepeatedRequest {
  readonly kind: 'repeat';
  readonly atMs: number;
  readonly of: number;
  readonly times: number;
}

/** An update of a charge or refund, `of` the operation that made it; or the attempt to cancel a refund. */
export type PlannedEdit =
  | {
      readonly kind: 'update';
      readonly id: number;
      readonly atMs: number;
      readonly of: number;
      readonly details: DetailChanges;
    }
  | { readonly kind: 'cancel_refund'; readonly id: number; readonly atMs: number; readonly of: number };

export type PlannedRead =
  /** Reads a charge or a refund, then its balance transaction, if there is one yet. */
  | { readonly kind: 'retrieve'; readonly atMs: number; readonly of: number; readonly expand: readonly string[] }
  | ListWalk
  | { readonly kind: 'balance'; readonly atMs: number; readonly account: string };

export type ListName = 'charges' | 'refunds' | 'balance_transactions' | 'refunds_of_charge';

/** Reads all pages of a list, downwards or upwards. */
export interface ListWalk {
  readonly kind: 'walk';
  readonly atMs: number;
  readonly account: string;
  readonly list: ListName;
  readonly limit: number;
  readonly direction: 'down' | 'up';
  /** Filters by the charge or refund of this operation. */
  readonly about?: number;
  readonly filters: DetailChanges;
  /** Filters by creation time, in milliseconds since the world began. */
  readonly createdFromMs?: number;
  readonly createdBeforeMs?: number;
}

export type MisuseAttempt = ForeignAttempt | Malformed | KeyMisuse;

export const foreignAttempts = ['retrieve', 'update', 'capture', 'refund', 'cancel_refund', 'walk'] as const;

/** A request of another account for a charge or refund. */
export interface ForeignAttempt {
  readonly kind: 'foreign';
  readonly id: number;
  readonly atMs: number;
  readonly account: string;
  readonly of: number;
  readonly attempt: (typeof foreignAttempts)[number];
}

/** An invalid request. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly id: number;
  readonly atMs: number;
  readonly account: string;
  readonly mistake: string;
}

/** Reuse of an operation's key with other parameters, or at another endpoint. */
export interface KeyMisuse {
  readonly kind: 'key_misuse';
  readonly atMs: number;
  readonly of: number;
  readonly elsewhere: boolean;
}

/** An account creates a test clock and advances it repeatedly. */
export interface TestClockUse {
  readonly kind: 'own_time';
  readonly id: number;
  readonly atMs: number;
  readonly account: string;
  /** Initial offset from real time. */
  readonly aheadMs: number;
  readonly advances: readonly { readonly afterMs: number; readonly byMs: number }[];
}

/** An account uses its API key repeatedly while it is revoked. */
export interface KeyRevocation {
  readonly kind: 'revoke_key';
  readonly atMs: number;
  readonly account: string;
  readonly everyMs: number;
  readonly revokedAfterMs: number;
}

export const keyOf = (wanted: Wanted): string =>
  wanted.kind === 'create' ? `create-${wanted.keyOf ?? wanted.id}` : `${wanted.kind}-${wanted.id}`;
