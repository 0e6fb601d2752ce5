import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NewEvent } from '#contracts';
import { decide } from '../../test/given.js';
import { deliveries } from '../../test/histories.js';
import { unlimited } from '../accounts/account-limits.js';
import { holds, noHold, type Hold } from './hold.js';

/** Debits less credits of each account, posted and pending apart; accounts at zero left out. */
function books(allHolds: Iterable<Hold>): Map<string, number> {
  const net = new Map<string, number>();
  const add = (account: string, amountMinor: number): void => {
    const sum = (net.get(account) ?? 0) + amountMinor;
    if (sum === 0) net.delete(account);
    else net.set(account, sum);
  };
  for (const hold of allHolds) {
    for (const move of hold.moves) {
      const { debit, credit, amount, kind } = move;
      const pendingMinor =
        kind === 'pending' ? amount.amountMinor : 'resolves' in move ? -heldBy(hold, move.resolves) : 0;
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

const heldBy = (hold: Hold, effect: string): number =>
  hold.moves.find((move) => move.effect === effect)!.amount.amountMinor;

function play(events: readonly NewEvent[]): Hold[] {
  const byCharge = new Map<string, Hold>();
  for (const event of events) {
    const hold = byCharge.get(event.key) ?? noHold(event.key, unlimited);
    byCharge.set(event.key, decide(hold, event).state);
  }
  return [...byCharge.values()];
}

const anyDeliveries = deliveries(() => 'x');

describe('the books', () => {
  it('come out the same in whatever order, and however often, events arrive', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ inOrder, anyhow }) => {
        expect(Object.fromEntries(books(play(anyhow)))).toEqual(Object.fromEntries(books(play(inOrder))));
      }),
      { numRuns: 500 },
    );
  });

  it('balance after every single event, and nothing is done twice', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ anyhow }) => {
        for (let count = 1; count <= anyhow.length; count++) {
          const played = play(anyhow.slice(0, count));
          const sum = [...books(played).values()].reduce((total, amountMinor) => total + amountMinor, 0);
          expect(sum).toBe(0);
          for (const { moves } of played) {
            expect(new Set(moves.map(({ effect }) => effect)).size).toBe(moves.length);
            expect(moves.filter((move) => 'resolves' in move).length).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('hold nothing and suspend nothing once every charge has ended', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ anyhow }) => {
        const ended = play(anyhow).filter(({ state }) => state !== 'pending');
        const open = [...books(ended).keys()].filter((name) => name.endsWith('pending') || name.startsWith('suspense'));
        expect(open).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a hold', () => {
  it('owes the world what it said when it came to be, under the same id', () => {
    fc.assert(
      fc.property(anyDeliveries, ({ anyhow }) => {
        const byCharge = new Map<string, Hold>();
        for (const event of anyhow) {
          const decision = decide(byCharge.get(event.key) ?? noHold(event.key, unlimited), event);
          byCharge.set(event.key, decision.state);
          if (decision.changed)
            expect(holds.restate(decision.state)).toEqual(expect.arrayContaining([...decision.emit]));
        }
      }),
      { numRuns: 300 },
    );
  });
});
