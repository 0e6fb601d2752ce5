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

/** All that the ledger reacts to, but for what it compares with the banks. */
export const steps = stepsOf([
  new HoldEventsController(),
  new LedgerRefundEventsController(),
  new LedgerStrayEventsController(),
]);

/** A hold, a refund, strays: what is decided about, and the transfers that came of it. */
interface Kept {
  readonly state?: string;
  readonly moves: readonly Transfer[];
}

/** The moment at which tests decide. */
export const now = Date.UTC(2026, 0, 1);

export function stepOn(event: NewEvent): AnyStep {
  const step = steps.find(({ on }) => on.type === event.type);
  if (!step) throw new Error(`the ledger does not react to ${event.type}`);
  return step;
}

/** An account without limits; a charge that was captured, of which nothing was given back. */
const contexts: Record<string, unknown> = { hold: unlimited, refund: room };

/** @param context what its repository would have read beside the state; without it nothing limits the decision */
export function decide<State extends Kept>(state: State, event: NewEvent, context?: unknown): Decision<State> {
  const step = stepOn(event);
  const data: unknown = step.on.schema.parse(event.data);
  return step.decide(state, data, now, context ?? contexts[step.aggregate.kind]) as Decision<State>;
}

/** A transfer in one line: `pending hold bank_receivable:alder:usd → merchant:acct_1:usd 900`. */
export const inWords = ({ kind, effect, debit, credit, amount }: Transfer): string =>
  `${kind} ${effect} ${debit.id} → ${credit.id} ${amount.amountMinor}`;

/**
 * `given(hold).when(event).then(…)`. Transfers that the given state brought along belong to the past; what
 * `moving` names are the ones that this event added.
 */
export function given(state: Kept, context?: AccountLimits | RefundLimits) {
  return {
    when(event: NewEvent) {
      const act = (): Decision<Kept> => decide({ ...state, moves: [] }, event, context);
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- reads as it is said; nobody awaits it
        then: (...emitted: readonly NewEvent[]) => settled(act(), emitted),
        thenNothingIsSaid: () => settled(act(), []),
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
