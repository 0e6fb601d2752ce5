import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { Turns, type Turn } from './turns.js';

function given(limits: Partial<ConstructorParameters<typeof Turns>[1]> = {}) {
  const clock = new FakeClock();
  const turns = new Turns(
    clock,
    { inProgressMax: 8, waitingMax: 2_000, waitMs: 10_000, ...limits },
    () => new Error('come back later'),
  );
  const begun: { account: string; turn: Turn }[] = [];
  const refused: string[] = [];
  const ask = (account: string, times = 1): void => {
    for (let n = 0; n < times; n++)
      void turns.take(account).then(
        (turn) => begun.push({ account, turn }),
        () => refused.push(account),
      );
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const inProgress = async (account: string): Promise<number> => {
    await settle();
    return begun.filter((each) => each.account === account).length;
  };
  /** Ends the account's oldest request. */
  const end = async (account: string): Promise<void> => {
    await settle();
    const place = begun.findIndex((each) => each.account === account);
    begun.splice(place, 1)[0]!.turn.end();
    await settle();
  };
  return { clock, turns, ask, inProgress, end, refused, settle };
}

describe('an account', () => {
  it('has as many requests in progress as the machine can use, while no other account is active', async () => {
    const { ask, inProgress, end } = given();
    ask('noisy', 20);
    expect(await inProgress('noisy')).toBe(8);
    await end('noisy');
    expect(await inProgress('noisy')).toBe(8);
  });

  it('has no more in progress than all others together ask for, but for two', async () => {
    const { ask, inProgress, end } = given();
    ask('quiet');
    ask('noisy', 2_000);
    expect(await inProgress('noisy')).toBe(2);
    ask('quiet', 3);
    await end('noisy');
    expect([await inProgress('quiet'), await inProgress('noisy')]).toEqual([4, 4]);
    ask('third', 2);
    await end('noisy');
    expect([await inProgress('third'), await inProgress('noisy')]).toEqual([2, 6]);
  });

  it('shares the machine with another one that asks for as much', async () => {
    const { ask, inProgress, end } = given();
    ask('one', 100);
    ask('other', 100);
    await end('one');
    await end('other');
    expect([await inProgress('one'), await inProgress('other')]).toEqual([8, 8]);
  });

  it('is never made to wait by how much another one asks for', async () => {
    const { ask, inProgress, end } = given();
    ask('noisy', 2_000);
    for (let n = 1; n <= 100; n++) {
      ask('quiet');
      expect(await inProgress('quiet')).toBe(1);
      await end('quiet');
      if ((await inProgress('noisy')) > 0) await end('noisy');
    }
    expect(await inProgress('noisy')).toBe(2);
  });

  it('counts as one who asks for a second after its last answer', async () => {
    const { clock, ask, inProgress, end } = given();
    ask('quiet');
    await end('quiet');
    ask('noisy', 20);
    expect(await inProgress('noisy')).toBe(2);
    await clock.advance(900);
    await end('noisy');
    expect(await inProgress('noisy')).toBe(2);
    await clock.advance(99);
    ask('quiet');
    await end('quiet');
    await clock.advance(1_001);
    expect(await inProgress('noisy')).toBeGreaterThan(2);
  });

  it('is not held up for longer than a second by requests that wait for a bank', async () => {
    const { clock, ask, inProgress } = given();
    ask('noisy', 20);
    expect(await inProgress('noisy')).toBe(8);
    await clock.advance(999);
    expect(await inProgress('noisy')).toBe(8);
    await clock.advance(1);
    expect(await inProgress('noisy')).toBe(16);
  });

  it('is refused what is too much to wait, and what has waited too long', async () => {
    const { clock, ask, inProgress, refused, settle, turns } = given({ waitingMax: 3, waitMs: 500 });
    ask('noisy', 12);
    expect(await inProgress('noisy')).toBe(8);
    expect(refused).toHaveLength(1);
    expect(turns.waiting).toBe(3);
    await clock.advance(500);
    await settle();
    expect(refused).toHaveLength(4);
    expect(turns.waiting).toBe(0);
  });

  it('is refused what has not begun when the process ends', async () => {
    const { ask, refused, settle, turns } = given();
    ask('noisy', 10);
    await settle();
    turns.stopWaiting();
    ask('noisy');
    await settle();
    expect(refused).toHaveLength(3);
  });
});
