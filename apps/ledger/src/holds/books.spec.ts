import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NewEvent } from '#contracts';
import type { AggregateType } from '#saga';
import { decide, stepOn } from '../../test/given.js';
import { deliveries } from '../../test/histories.js';
import { noRefund, refunds, type RefundReservation, type RefundLimits } from '../refunds/refund.js';
import type { Strays } from '../strays/stray.js';
import { holds, noHold, type Hold } from './hold.js';
import type { Transfer } from '../transfers/transfer.js';

/** Debits less credits by account, posted and pending separately, without zeros. */
function books(all: Iterable<readonly Transfer[]>): Map<string, number> {
  const net = new Map<string, number>();
  const add = (account: string, amountMinor: number): void => {
    const sum = (net.get(account) ?? 0) + amountMinor;
    if (sum === 0) net.delete(account);
    else net.set(account, sum);
  };
  for (const moves of all) {
    for (const move of moves) {
      const { debit, credit, amount, kind } = move;
      const pendingMinor =
        kind === 'pending' ? amount.amountMinor : 'resolves' in move ? -heldBy(moves, move.resolves) : 0;
      const postedMinor = kind === 'post' || kind === 'single' ? amount.amountMinor : 0;
      for (const [account, sign] of [
        [debit.id, 1],
        [credit.id, -1],
      ] as const) {
        add(`${account} posted`, sign * postedMinor);
        add(`${account} pending`, sign * pendingMinor);
      }
    }
  }
  return net;
}

const heldBy = (moves: readonly Transfer[], effect: string): number =>
  moves.find((move) => move.effect === effect)!.amount.amountMinor;

/** The ledger in memory: holds, refunds and strays with their events. */
class Ledger {
  readonly holds = new Map<string, Hold>();
  readonly refunds = new Map<string, RefundReservation>();
  readonly strays = new Map<string, Strays>();

  static after(events: readonly NewEvent[]): Ledger {
    const ledger = new Ledger();
    for (const event of events) ledger.hear(event);
    return ledger;
  }

  hear(event: NewEvent): { changed: boolean; emit: readonly NewEvent[]; owed: readonly NewEvent[] } {
    const { kind } = stepOn(event).aggregate;
    if (kind === 'hold') return this.decide(this.holds, holds, event.key, noHold(event.key), event);
    if (kind === 'stray') {
      const { changed, emit, state } = decide<Strays>(
        this.strays.get(event.key) ?? { chargeId: event.key, moves: [] },
        event,
      );
      // Keep the first transfer per effect, as the database does.
      const moves = [...new Map(state.moves.map((move) => [move.effect, move])).values()];
      this.strays.set(event.key, { ...state, moves });
      return { changed, emit, owed: [] };
    }
    const { refundId } = event.data as { refundId: string };
    return this.decide(this.refunds, refunds, refundId, noRefund(refundId), event, this.roomOf(event.key));
  }

  get moves(): (readonly Transfer[])[] {
    return [...this.holds.values(), ...this.refunds.values(), ...this.strays.values()].map(({ moves }) => moves);
  }

  /** The transfers of charges and refunds that have ended. */
  get endedMoves(): (readonly Transfer[])[] {
    const ended = [...this.holds.values(), ...this.refunds.values()].filter(
      ({ state }) => state !== 'pending' && state !== 'reserved',
    );
    return [...ended, ...this.strays.values()].map(({ moves }) => moves);
  }

  private decide<State extends { readonly moves: readonly Transfer[] }>(
    states: Map<string, State>,
    type: Pick<AggregateType<State>, 'restate'>,
    id: string,
    none: State,
    event: NewEvent,
    context?: RefundLimits,
  ) {
    const { changed, emit, state } = decide(states.get(id) ?? none, event, context);
    states.set(id, state);
    return { changed, emit, owed: type.restate(state) };
  }

  private roomOf(chargeId: string): RefundLimits {
    const hold = this.holds.get(chargeId);
    let refundedMinor = 0;
    for (const refund of this.refunds.values()) {
      if (refund.state !== 'reserved' && refund.state !== 'posted') continue;
      if (refund.chargeId === chargeId) refundedMinor += refund.amount.amountMinor;
    }
    const captured = hold?.state === 'posted' ? { bank: hold.bank, amount: hold.posted } : null;
    return { captured, refundedMinor, spendableMinor: Infinity };
  }
}

const anyDeliveries = deliveries(() => 'x');

describe('the books', () => {
  it('are the same for any order and duplication of events', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ inOrder, anyhow }) => {
        expect(Object.fromEntries(books(Ledger.after(anyhow).moves))).toEqual(
          Object.fromEntries(books(Ledger.after(inOrder).moves)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('balance after every event, and have each effect once', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ anyhow }) => {
        const ledger = new Ledger();
        for (const event of anyhow) {
          ledger.hear(event);
          const sum = [...books(ledger.moves).values()].reduce((total, amountMinor) => total + amountMinor, 0);
          expect(sum).toBe(0);
          for (const moves of ledger.moves) {
            expect(new Set(moves.map(({ effect }) => effect)).size).toBe(moves.length);
            expect(moves.filter((move) => 'resolves' in move).length).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('have no pending amount and no suspense once all charges have ended', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ anyhow }) => {
        const open = [...books(Ledger.after(anyhow).endedMoves).keys()].filter(
          (name) => name.endsWith('pending') || name.startsWith('suspense'),
        );
        expect(open).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('never refund more of a charge than was captured', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ anyhow }) => {
        const ledger = new Ledger();
        for (const event of anyhow) {
          ledger.hear(event);
          for (const [chargeId, hold] of ledger.holds) {
            const capturedMinor = hold.state === 'posted' ? hold.posted.amountMinor : 0;
            const backMinor = [...ledger.refunds.values()]
              .flatMap((refund) => (refund.state !== 'none' && refund.chargeId === chargeId ? refund.moves : []))
              .reduce((sum, { kind, amount }) => {
                const sign = kind === 'pending' ? 1 : kind === 'void' ? -1 : 0;
                return sum + sign * amount.amountMinor;
              }, 0);
            expect(backMinor).toBeLessThanOrEqual(capturedMinor);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a hold, or a refund', () => {
  it('restates the events that it emitted, under the same ids', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ anyhow }) => {
        const ledger = new Ledger();
        for (const event of anyhow) {
          const { changed, emit, owed } = ledger.hear(event);
          if (changed) expect(owed).toEqual(expect.arrayContaining([...emit]));
        }
      }),
      { numRuns: 300 },
    );
  });
});
