import { expect } from '@jest/globals';
import type { NewEvent } from '#contracts';
import type { AnyStep, Decision } from '#saga';
import type { Transfer } from '../src/transfers/transfer.js';
import type { Hold } from '../src/transfers/hold.js';
import { onAuthorizationApproved } from '../src/transfers/on-authorization-approved.js';
import { onAuthorizationVoided } from '../src/transfers/on-authorization-voided.js';
import { onCaptureSucceeded } from '../src/transfers/on-capture-succeeded.js';

/** All that the ledger reacts to. */
export const steps: readonly AnyStep[] = [onAuthorizationApproved, onAuthorizationVoided, onCaptureSucceeded];

/** The moment at which tests decide. */
export const now = Date.UTC(2026, 0, 1);

export function decide(hold: Hold, event: NewEvent): Decision<Hold> {
  const step = steps.find(({ on }) => on.type === event.type);
  if (!step) throw new Error(`the ledger does not react to ${event.type}`);
  return step.decide(hold, step.on.schema.parse(event.data), now) as Decision<Hold>;
}

/** A transfer in one line: `pending hold bank_receivable:alder:usd → merchant:acct_1:usd 900`. */
export const inWords = ({ kind, effect, debit, credit, amount }: Transfer): string =>
  `${kind} ${effect} ${debit.id} → ${credit.id} ${amount.amountMinor}`;

/**
 * `given(hold).when(event).then(…)`. Transfers that the given hold brought along belong to the past; what
 * `moving` names are the ones that this event added.
 */
export function given(hold: Hold) {
  return {
    when(event: NewEvent) {
      const act = (): Decision<Hold> => decide({ ...hold, moves: [] }, event);
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

function settled(decision: Decision<Hold>, emitted: readonly NewEvent[]) {
  expect(decision.emit).toEqual(emitted);
  expect(decision.changed).toBe(true);
  return {
    becoming(state: Hold['state']) {
      expect(decision.state.state).toBe(state);
      return this;
    },
    moving(...moves: readonly string[]) {
      expect(decision.state.moves.map(inWords)).toEqual(moves);
      return this;
    },
  };
}
