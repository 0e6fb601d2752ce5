import type { ApiAnswer } from '../history.js';

// The fields of Stripe's objects that the model checks. Amounts are in minor units, times in Unix seconds.

export interface ChargeObject {
  readonly object: 'charge';
  readonly id: string;
  readonly amount: number;
  readonly amount_captured: number;
  readonly amount_refunded: number;
  readonly balance_transaction: string | null | { readonly id: string };
  readonly captured: boolean;
  readonly created: number;
  readonly currency: string;
  readonly description: string | null;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
  readonly fraud_details: { readonly user_report?: string };
  readonly livemode: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly outcome: { readonly type: string; readonly network_status: string } | null;
  readonly paid: boolean;
  readonly payment_method_details: {
    readonly card: { readonly brand: string; readonly last4: string; readonly capture_before?: number };
  };
  readonly receipt_email: string | null;
  readonly refunded: boolean;
  /** Only if expanded, or in an older version. */
  readonly refunds?: ListObject;
  readonly source: {
    readonly brand: string;
    readonly last4: string;
    readonly exp_month: number;
    readonly exp_year: number;
    readonly fingerprint: string;
  };
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly transfer_group: string | null;
}

export interface RefundObject {
  readonly object: 'refund';
  readonly id: string;
  readonly amount: number;
  readonly balance_transaction: string | null | { readonly id: string };
  readonly charge: string | { readonly id: string };
  readonly created: number;
  readonly currency: string;
  /** Only if it failed. */
  readonly failure_reason?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly reason: string | null;
  readonly status: 'pending' | 'succeeded' | 'failed';
}

export interface BalanceTransactionObject {
  readonly object: 'balance_transaction';
  readonly id: string;
  readonly amount: number;
  readonly available_on: number;
  readonly created: number;
  readonly currency: string;
  readonly description: string | null;
  readonly exchange_rate: number | null;
  readonly fee: number;
  readonly fee_details: readonly object[];
  readonly net: number;
  readonly reporting_category: string;
  readonly source: string | { readonly id: string };
  readonly status: 'pending' | 'available';
  readonly type: 'charge' | 'refund';
}

interface Funds {
  readonly amount: number;
  readonly currency: string;
  readonly source_types: { readonly card: number };
}

export interface BalanceObject {
  readonly object: 'balance';
  readonly available: readonly Funds[];
  readonly pending: readonly Funds[];
  readonly livemode: boolean;
}

export interface TestClockObject {
  readonly object: 'test_helpers.test_clock';
  readonly id: string;
  readonly frozen_time: number;
  readonly deleted?: boolean;
}

export interface ListObject {
  readonly object: 'list';
  readonly url: string;
  readonly has_more: boolean;
  readonly data: readonly ApiObject[];
}

export type ApiObject =
  ChargeObject | RefundObject | BalanceTransactionObject | BalanceObject | TestClockObject | ListObject;

/** The `error` of Stripe's envelope. */
export interface ApiError {
  readonly type: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly message: string;
  readonly param?: string;
  readonly charge?: string;
}

/** The body of an answer: an object, an error, or neither. */
export interface ApiAnswerBody {
  readonly object?: ApiObject;
  readonly error?: ApiError;
}

const read = new WeakMap<ApiAnswer, ApiAnswerBody>();

/** Parses an answer's body, with a cache. */
export function bodyOf(answer: ApiAnswer): ApiAnswerBody {
  const known = read.get(answer);
  if (known) return known;
  const body = parse(answer.body);
  read.set(answer, body);
  return body;
}

function parse(text: string): ApiAnswerBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  if ('error' in value) return { error: value.error as ApiError };
  return 'object' in value ? { object: value as ApiObject } : {};
}
