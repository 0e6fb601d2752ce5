import assert from 'node:assert';
import type { z } from 'zod';
import type { bankProtocol } from '#contracts';
import type { Attempt } from './bank-port.js';

type WithoutValidity<R> = R extends unknown ? Omit<R, 'validUntil'> : never;

/** An operation's request to a bank, the same for all its attempts. */
export type BankOrder = WithoutValidity<bankProtocol.BankRequest>;

/** The definite answers to an order. */
export type AnswerTo<O extends BankOrder> = z.infer<(typeof bankProtocol.answerSchemas)[O['kind']]>;

/** The request of one attempt: an order that moves money gets the attempt's `validUntil`. */
export function stamped(order: BankOrder, attempt: Attempt): bankProtocol.BankRequest {
  if (order.kind === 'inquire' || order.kind === 'statement') return order;
  assert(attempt.validUntil !== undefined, 'an attempt that may move money has an end to its validity');
  return { ...order, validUntil: attempt.validUntil };
}

/** The account that a call is for, and the charge's fault token, if any. */
export interface Aim {
  readonly account?: string | undefined;
  readonly fault?: string | null | undefined;
}

/** A statement has no account. */
export function aimOf(order: BankOrder): Aim {
  return 'account' in order ? order : {};
}

/** The account whose isolated caller serves this charge; undefined for ordinary traffic. */
export function isolatedTo({ account, fault }: Aim): string | undefined {
  return fault === null || fault === undefined ? undefined : account;
}
