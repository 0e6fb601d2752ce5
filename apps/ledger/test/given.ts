import { expect } from '@jest/globals';
import type { NewEvent } from '#contracts';
import type { AnyStep, Decision } from '#saga';
import { onRefundFailed } from '../src/refunds/on-refund-failed.js';
import { onRefundRequested } from '../src/refunds/on-refund-requested.js';
import { onRefundSucceeded } from '../src/refunds/on-refund-succeeded.js';
import { onStrayReversed } from '../src/strays/on-stray-reversed.js';
import type { Transfer } from '../src/transfers/transfer.js';
import { onAuthorizationApproved } from '../src/transfers/on-authorization-approved.js';
import { onAuthorizationVoided } from '../src/transfers/on-authorization-voided.js';
import { onCaptureCompensated } from '../src/transfers/on-capture-compensated.js';
import { onCaptureSucceeded } from '../src/transfers/on-capture-succeeded.js';

/** All that the ledger reacts to, but for what it compares with the banks. */
export const steps: readonly AnyStep[] = [
  onAuthorizationApproved,
  onAuthorizationVoided,
  onCaptureSucceeded,
  onCaptureCompensated,
  onRefundRequested,
  onRefundSucceeded,
  onRefundFailed,
  onStrayReversed,
];

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

export function decide<State extends Kept>(state: State, event: NewEvent): Decision<State> {
  const step = stepOn(event);
  return step.decide(state, step.on.schema.parse(event.data), now) as Decision<State>;
}

/** A transfer in one line: `pending hold bank_receivable:alder:usd → merchant:acct_1:usd 900`. */
export const inWords = ({ kind, effect, debit, credit, amount }: Transfer): string =>
  `${kind} ${effect} ${debit.id} → ${credit.id} ${amount.amountMinor}`;

/**
 * `given(hold).when(event).then(…)`. Transfers that the given state brought along belong to the past; what
 * `moving` names are the ones that this event added.
 */
export function given(state: Kept) {
  return {
    when(event: NewEvent) {
      const act = (): Decision<Kept> => decide({ ...state, moves: [] }, event);
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
