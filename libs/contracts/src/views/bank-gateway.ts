import { z } from 'zod';
import { brands } from '../bank-protocol/index.js';
import { account, bank, cancellationCause, captureMethod, card, movement, releaseCause } from '../fields.js';
import { instant, money } from './fields.js';

/** One attempt of an operation. Times are on the bank's clock. */
export const attemptView = z.object({
  id: z.string(),
  /** At the latest. */
  begunAt: instant,
  outcome: z.enum(['begun', 'doubt', 'not_processed', 'not_found', 'performed', 'refused']),
  /** Why it was not processed, is in doubt, or was refused. */
  detail: z.string().nullable(),
  /** Null while the call runs, and when its process did not live to see the end. */
  tookMs: z.number().nullable(),
});
export type AttemptView = z.infer<typeof attemptView>;

/** Everything asked of one bank under one reference. */
export const operationView = z.object({
  reference: z.string(),
  bank,
  kind: z.enum(['authorize', 'capture', 'void', 'refund', 'reversal']),
  phase: z.enum(['open', 'reversing', 'ended']),
  amount: money,
  attempts: z.array(attemptView),
  inquiries: z.int(),
  reversals: z.int(),
  /** On the bank's clock; null when nothing is in doubt. */
  doubtSince: instant.nullable(),
  needsAttention: z.boolean(),
  /** `detail` is the bank's own id of the movement, the code of a refusal, or why nothing was performed. */
  end: z.object({ kind: z.enum(['succeeded', 'refused', 'not_performed']), detail: z.string().nullable() }).nullable(),
  /** The bank's movement that a reversal undoes. */
  stray: z.object({ bankId: z.string(), movement }).nullable(),
  createdAt: instant,
});
export type OperationView = z.infer<typeof operationView>;

/** GET /charges/:id: the authorization of a charge and all operations at banks. */
export const gatewayChargeView = z.object({
  authorization: z.object({
    state: z.enum(['authorizing', 'authorized', 'capturing', 'captured', 'voiding', 'voided', 'declined', 'failed']),
    account,
    amount: money,
    capture: captureMethod,
    card: card.pick({ brand: true, last4: true }),
    fault: z.string().nullable(),
    bank: bank.nullable(),
    releaseCause: releaseCause.nullable(),
    detail: z.string().nullable(),
    cancellation: cancellationCause.nullable(),
    createdAt: instant,
    updatedAt: instant,
  }),
  operations: z.array(operationView),
});
export type GatewayChargeView = z.infer<typeof gatewayChargeView>;

/** GET /banks: each configured bank. */
export const bankStateView = z.object({
  name: bank,
  /** The card networks that it serves, the preferred first. */
  networks: z.array(z.enum(brands)).readonly(),
  /** Its circuit breakers, by lane. */
  breakers: z.record(z.string(), z.enum(['closed', 'open', 'half_open'])),
  /** By lane: until an attempt may pass; 0 when one may now. An instance of an older version does not say it. */
  untilProbeMs: z.record(z.string(), z.number()).optional(),
  freeSlots: z.int(),
  inFlight: z.int().optional(),
  /** Retries of the budget's window, and how many it allows. */
  retryBudget: z.object({ used: z.number(), allowed: z.number() }).optional(),
  /** Callers of single accounts, for their charges with fault tokens. */
  isolated: z.object({ callers: z.int(), freeSlots: z.int() }),
  /** Whether its clock is known; nothing is sent before. */
  timeKnown: z.boolean(),
});
export type BankStateView = z.infer<typeof bankStateView>;
