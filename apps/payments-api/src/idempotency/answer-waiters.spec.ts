import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { AnswerWaiters } from './answer-waiters.js';

const name = { account: 'acct_1', key: 'k' };
const answer = { status: 200, body: '{}' };

describe('a request that waits', () => {
  it('hears an answer that came before it began to listen', async () => {
    const waiters = new AnswerWaiters(new FakeClock());
    const expectation = waiters.expect(name);
    waiters.answered({ ...name, answer });
    await expect(expectation.answer(1_000)).resolves.toBe(answer);
  });

  it('gives up when its time is up', async () => {
    const clock = new FakeClock();
    const expectation = new AnswerWaiters(clock).expect(name);
    const answered = expectation.answer(1_000);
    await clock.advance(1_000);
    await expect(answered).resolves.toBeUndefined();
  });

  it('shares an answer with all requests that wait for it, and with no other', async () => {
    const clock = new FakeClock();
    const waiters = new AnswerWaiters(clock);
    const first = waiters.expect(name).answer(1_000);
    const second = waiters.expect(name).answer(1_000);
    const other = waiters.expect({ account: 'acct_2', key: 'k' }).answer(1_000);
    expect(waiters.answered({ ...name, answer })).toBe(true);
    await clock.advance(1_000);
    expect(await Promise.all([first, second, other])).toEqual([answer, answer, undefined]);
  });

  it('leaves nothing behind', async () => {
    const clock = new FakeClock();
    const waiters = new AnswerWaiters(clock);
    const expectation = waiters.expect(name);
    const answered = expectation.answer(1_000);
    waiters.answered({ ...name, answer });
    await answered;
    expectation.end();
    expectation.end();
    expect([waiters.count, waiters.names(), clock.pendingTimers]).toEqual([0, [], 0]);
    expect(waiters.answered({ ...name, answer })).toBe(false);
  });

  it('is let go when the process ends, and so is one that comes later', async () => {
    const waiters = new AnswerWaiters(new FakeClock());
    const before = waiters.expect(name).answer(1_000);
    waiters.stopWaiting();
    await expect(before).resolves.toBeUndefined();
    await expect(waiters.expect(name).answer(1_000)).resolves.toBeUndefined();
  });

  it('is asked for by the poll only once it has waited', async () => {
    const clock = new FakeClock();
    const waiters = new AnswerWaiters(clock);
    waiters.expect(name);
    expect(waiters.names(1_000)).toEqual([]);
    await clock.advance(1_000);
    expect(waiters.names(1_000)).toEqual([name]);
  });
});
