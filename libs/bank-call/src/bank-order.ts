import assert from 'node:assert';
import type { z } from 'zod';
import type { bankProtocol } from '#contracts';
import type { Attempt } from './bank-port.js';

type WithoutValidity<R> = R extends unknown ? Omit<R, 'validUntil'> : never;

/** What a bank is asked for, the same for every attempt at it. */
export type BankOrder = WithoutValidity<bankProtocol.BankRequest>;

/** The definite answers to an order. */
export type AnswerTo<O extends BankOrder> = z.infer<(typeof bankProtocol.answerSchemas)[O['kind']]>;

/** An order as one attempt sends it: what moves money is valid only as long as its attempt. */
export function stamped(order: BankOrder, attempt: Attempt): bankProtocol.BankRequest {
  if (order.kind === 'inquire' || order.kind === 'statement') return order;
  assert(attempt.validUntil !== undefined, 'an attempt that may move money has an end to its validity');
  return { ...order, validUntil: attempt.validUntil };
}

/** On whose behalf a bank is asked, and the fault token of the charge, if it carries one. */
export interface Aim {
  readonly account?: string | undefined;
  readonly fault?: string | null | undefined;
}

/** A statement is asked for on behalf of no account. */
export function aimOf(order: BankOrder): Aim {
  return 'account' in order ? order : {};
}

/** The account that calls for this charge are isolated to; undefined for ordinary traffic. */
export function isolatedTo({ account, fault }: Aim): string | undefined {
  return fault === null || fault === undefined ? undefined : account;
}
