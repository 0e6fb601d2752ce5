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
