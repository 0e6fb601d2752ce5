import type { Currency } from '#money';

/** One thing that a merchant is up to, planned before the world begins. */
export type MerchantOperation =
  MoneyOperation | PlannedEdit | PlannedRead | MisuseAttempt | TestClockUse | KeyRevocation;

/** What moves money, once or again. */
export type MoneyOperation = Wanted | RepeatedRequest;

/** `id` names it, and the key that it goes under. */
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
  /** False: only authorized, to be captured or canceled later. */
  readonly capture: boolean;
  /** Description, metadata, what to expand: parameters that are sent along. */
  readonly details?: DetailChanges;
  /** The operation whose key it goes under: another account's, or its own of so long ago that the key has expired. */
  readonly keyOf?: number;
}

/** `charge` is the operation that creates it. */
export interface PlannedCapture {
  readonly kind: 'capture';
  readonly id: number;
  readonly atMs: number;
  readonly charge: number;
  /** Undefined: all of it. */
  readonly amountMinor: number | undefined;
}

/** Of a charge that was not captured, this cancels it. */
export interface PlannedRefund {
  readonly kind: 'refund';
  readonly id: number;
  readonly atMs: number;
  readonly charge: number;
  readonly amountMinor: number | undefined;
  readonly details?: DetailChanges;
}

/** The same request under the same key, so many times at once, to whichever instance. */
export interface RepeatedRequest {
  readonly kind: 'repeat';
  readonly atMs: number;
  readonly of: number;
  readonly times: number;
}

/** What is written on a charge or a refund, `of` the operation that made it; or a refund that is to be called off. */
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
  /** A charge or a refund; and then its balance transaction, if there is one yet. */
  | { readonly kind: 'retrieve'; readonly atMs: number; readonly of: number; readonly expand: readonly string[] }
  | ListWalk
  | { readonly kind: 'balance'; readonly atMs: number; readonly account: string };

export type ListName = 'charges' | 'refunds' | 'balance_transactions' | 'refunds_of_charge';

/** A list, page by page from its beginning to its end, or the other way round. */
export interface ListWalk {
  readonly kind: 'walk';
  readonly atMs: number;
  readonly account: string;
  readonly list: ListName;
  readonly limit: number;
  readonly direction: 'down' | 'up';
  /** Only what is about this operation's charge or refund. */
  readonly about?: number;
  readonly filters: DetailChanges;
  /** Only what was made from this time on, or before it; in milliseconds since the world began. */
  readonly createdFromMs?: number;
  readonly createdBeforeMs?: number;
}

export type MisuseAttempt = ForeignAttempt | Malformed | KeyMisuse;

export const foreignAttempts = ['retrieve', 'update', 'capture', 'refund', 'cancel_refund', 'walk'] as const;

/** Another account reaches for a charge, or a refund, that is not its own. */
export interface ForeignAttempt {
  readonly kind: 'foreign';
  readonly id: number;
  readonly atMs: number;
  readonly account: string;
  readonly of: number;
  readonly attempt: (typeof foreignAttempts)[number];
}

/** A request that no state of the world makes right. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly id: number;
  readonly atMs: number;
  readonly account: string;
  readonly mistake: string;
}

/** The key of another operation for other parameters, or at another endpoint. */
export interface KeyMisuse {
  readonly kind: 'key_misuse';
  readonly atMs: number;
  readonly of: number;
  readonly elsewhere: boolean;
}

/** An account takes its time into its own hands: a test clock, which it advances again and again. */
export interface TestClockUse {
  readonly kind: 'own_time';
  readonly id: number;
  readonly atMs: number;
  readonly account: string;
  /** How far ahead of everybody's time it starts. */
  readonly aheadMs: number;
  readonly advances: readonly { readonly afterMs: number; readonly byMs: number }[];
}

/** An account's API key is used again and again, and revoked meanwhile. */
export interface KeyRevocation {
  readonly kind: 'revoke_key';
  readonly atMs: number;
  readonly account: string;
  readonly everyMs: number;
  readonly revokedAfterMs: number;
}

export const keyOf = (wanted: Wanted): string =>
  wanted.kind === 'create' ? `create-${wanted.keyOf ?? wanted.id}` : `${wanted.kind}-${wanted.id}`;
