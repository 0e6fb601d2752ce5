import { describe, expect, it } from '@jest/globals';
import { RequestsInProgress, type Overload, type RequestInProgress } from './requests-in-progress.js';

function given(limit = 8, burst = 0) {
  const time = { ms: 0 };
  const limits = { min: limit, initial: limit, max: limit, queueMs: 500, burst };
  const requests = new RequestsInProgress(limits, () => time.ms);
  const admitted: RequestInProgress[] = [];
  const refused: Overload[] = [];
  /** @returns how many were admitted */
  const enter = (account: string, network: string, times = 1): number => {
    const before = admitted.length;
    for (let n = 0; n < times; n++) {
      const entered = requests.enter(account, network);
      if ('end' in entered) admitted.push(entered);
      else refused.push(entered);
    }
    return admitted.length - before;
  };
  /** The oldest requests settle and are answered. */
  const settle = (times: number): void => {
    for (const request of admitted.splice(0, times)) {
      request.settled();
      request.end();
    }
  };
  return { time, requests, enter, settle, refused, admitted };
}

describe('requests in progress', () => {
  it('are refused beyond the limit of their card network, and not for another network', () => {
    const { enter } = given();
    expect(enter('noisy', 'visa', 20)).toBe(8);
    expect(enter('noisy', 'amex', 20)).toBe(8);
  });

  it('make room when they are answered, settled or not, and once', () => {
    const { enter, admitted } = given();
    enter('noisy', 'visa', 8);
    admitted[0]!.end();
    admitted[0]!.end();
    expect(enter('noisy', 'visa', 3)).toBe(1);
  });

  it('of a quiet account are admitted beside a noisy one, up to its fair share', () => {
    const { enter } = given();
    enter('noisy', 'visa', 100);
    expect(enter('quiet', 'visa', 3)).toBe(3);
    expect(enter('quiet', 'visa', 10)).toBe(1);
    expect(enter('noisy', 'visa')).toBe(0);
  });

  it('may exceed the limit in a burst after a rest, all networks together, until what they take is measured', () => {
    const { time, enter, settle } = given(8, 500);
    expect(enter('noisy', 'visa', 300)).toBe(300);
    expect(enter('noisy', 'amex', 300)).toBe(200);
    expect(enter('noisy', 'jcb', 10)).toBe(8);
    settle(1);
    time.ms = 200;
    settle(199);
    expect(enter('noisy', 'visa', 10)).toBe(0);
    settle(308);
    expect(enter('noisy', 'visa', 10)).toBe(8);
    time.ms = 2_201;
    expect(enter('noisy', 'visa', 500)).toBe(492);
  });

  it('of very many accounts do not exceed the limit by much', () => {
    const { enter } = given();
    let admitted = 0;
    for (let n = 0; n < 1_000; n++) admitted += enter(`acct_${n}`, 'visa');
    expect(admitted).toBe(8);
  });

  it('of a full network are told to come back one after another, as fast as charges settle', () => {
    const { time, enter, settle, refused } = given();
    for (const ms of [400, 800]) {
      enter('noisy', 'visa', 8);
      time.ms = ms;
      settle(8);
    }
    enter('noisy', 'visa', 108);
    expect(refused.map(({ retryAfterSeconds }) => retryAfterSeconds)).toEqual(
      Array.from({ length: 100 }, (_, n) => Math.ceil(((n + 1) / 8) * 0.4)),
    );
    enter('noisy', 'visa', 10_000);
    expect(refused.at(-1)!.retryAfterSeconds).toBe(30);
  });
});

describe('an unread request', () => {
  it('is refused while every network in use is full and settles charges', () => {
    const { time, requests, enter, settle } = given();
    expect(requests.overload('noisy')).toBeUndefined();
    enter('noisy', 'visa', 9);
    time.ms = 500;
    settle(1);
    enter('noisy', 'visa');
    expect(requests.overload('noisy')).toEqual({ retryAfterSeconds: 1 });
    enter('noisy', 'amex');
    expect(requests.overload('noisy')).toBeUndefined();
  });

  it('is refused when nine places of ten are taken, and is read below that', () => {
    const { requests, enter, settle, admitted } = given(20);
    enter('noisy', 'visa', 20);
    settle(1);
    expect(requests.overload('noisy')).toBeDefined();
    settle(1);
    expect(requests.overload('noisy')).toBeDefined();
    settle(1);
    expect(requests.overload('noisy')).toBeUndefined();
    expect(admitted).toHaveLength(17);
    for (let n = 0; n < 16; n++) enter(`acct_${n}`, 'visa');
    expect(requests.overload('noisy')).toBeDefined();
  });

  it('is read while a bank hangs, since its card may be of another network', () => {
    const { time, requests, enter, settle } = given();
    enter('noisy', 'visa', 9);
    settle(1);
    enter('noisy', 'visa');
    time.ms = 1_001;
    expect(requests.overload('noisy')).toBeUndefined();
  });

  it('is read if its account has less than its fair share', () => {
    const { requests, enter, settle } = given();
    enter('noisy', 'visa', 9);
    settle(1);
    enter('noisy', 'visa');
    expect(requests.overload('quiet')).toBeUndefined();
  });
});
