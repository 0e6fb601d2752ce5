import { expect } from '@jest/globals';
import type { NewEvent } from '#contracts';
import { stepsOf } from '#messaging';
import type { AnyStep, Decision } from '#saga';
import { LedgerRefundEventsController } from '../src/refunds/refund-events.controller.js';
import { LedgerStrayEventsController } from '../src/strays/stray-events.controller.js';
import { HoldEventsController } from '../src/holds/hold-events.controller.js';
import type { Transfer } from '../src/transfers/transfer.js';
import { unlimited, type AccountLimits } from '../src/accounts/account-limits.js';
import type { RefundLimits } from '../src/refunds/refund.js';
import { room } from './room.js';

/** The ledger's steps, without reconciliation. */
export const steps = stepsOf([
  new HoldEventsController(),
  new LedgerRefundEventsController(),
  new LedgerStrayEventsController(),
]);

/** A state with its new transfers: a hold, a refund, strays. */
interface Kept {
  readonly state?: string;
  readonly moves: readonly Transfer[];
}

/** The time of all decisions in tests. */
export const now = Date.UTC(2026, 0, 1);

export function stepOn(event: NewEvent): AnyStep {
  const step = steps.find(({ on }) => on.type === event.type);
  if (!step) throw new Error(`the ledger does not react to ${event.type}`);
  return step;
}

/** Default contexts: an account without limits; a captured charge without refunds. */
const contexts: Record<string, unknown> = { hold: unlimited, refund: room };

/** @param context the decision's context; by default without limits */
export function decide<State extends Kept>(state: State, event: NewEvent, context?: unknown): Decision<State> {
  const step = stepOn(event);
  const data: unknown = step.on.schema.parse(event.data);
  return step.decide(state, data, now, context ?? contexts[step.aggregate.kind]) as Decision<State>;
}

/** A transfer as text: `pending hold bank_receivable:alder:usd → merchant:acct_1:usd 900`. */
export const inWords = ({ kind, effect, debit, credit, amount }: Transfer): string =>
  `${kind} ${effect} ${debit.id} → ${credit.id} ${amount.amountMinor}`;

/** `given(hold).when(event).moving(…).then(…)`. `moving` checks only the transfers that this event adds. */
export function given(state: Kept, context?: AccountLimits | RefundLimits) {
  return {
    when(event: NewEvent) {
      const act = (): Decision<Kept> => decide({ ...state, moves: [] }, event, context);
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- given/when/then reads best, and the object is never awaited
        then: (...emitted: readonly NewEvent[]) => settled(act(), emitted),
        thenEmitsNothing: () => settled(act(), []),
        thenNothing() {
          expect(act()).toMatchObject({ changed: false, emit: [] });
        },
        thenFails(message: string) {
          expect(act).toThrow(message);
        },
      };
    },
  };
}

function settled(decision: Decision<Kept>, emitted: readonly NewEvent[]) {
  expect(decision.emit).toEqual(emitted);
  expect(decision.changed).toBe(true);
  return {
    becoming(state: string) {
      expect(decision.state.state).toBe(state);
      return this;
    },
    moving(...moves: readonly string[]) {
      expect(decision.state.moves.map(inWords)).toEqual(moves);
      return this;
    },
  };
}
