import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RequestQueue } from './kafkajs-request-queue.js';

/** The other methods of kafkajs' private class that its connection calls. */
interface Queue extends RequestQueue {
  maybeThrottle(forMs: number): void;
  push(request: { entry: object; expectResponse: boolean; sendRequest(): void }): void;
  fulfillRequest(response: { correlationId: number; payload: unknown; size: number }): void;
}

const log = { debug: () => undefined, warn: () => undefined };

function setUp(limits: { maxInFlightRequests?: number; requestTimeout?: number; isConnected?(): boolean } = {}) {
  const options = { requestTimeout: 1_000, enforceRequestTimeout: true, logger: log, ...limits };
  const queue = new RequestQueue(options) as Queue;
  const sent: number[] = [];
  const ended: Record<number, 'answered' | 'failed'> = {};
  return {
    queue,
    sent,
    ended,
    push: (correlationId: number): void => {
      const entry = {
        correlationId,
        resolve: () => (ended[correlationId] = 'answered'),
        reject: () => (ended[correlationId] = 'failed'),
      };
      queue.push({ entry, expectResponse: true, sendRequest: () => void sent.push(correlationId) });
    },
    answer: (correlationId: number) => queue.fulfillRequest({ correlationId, payload: null, size: 0 }),
  };
}

describe("kafkajs' queue of requests", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('sets no timer while no request is throttled', () => {
    const { push, answer, ended } = setUp();
    push(1);
    expect(jest.getTimerCount()).toBe(0);
    answer(1);
    expect(ended).toEqual({ 1: 'answered' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends throttled requests when the throttle ends, in order, and sets no timer after that', () => {
    const { queue, push, sent } = setUp();
    queue.maybeThrottle(500);
    push(1);
    push(2);
    jest.advanceTimersByTime(499);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(sent).toEqual([1, 2]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('delays requests until the end of a prolonged throttle', () => {
    const { queue, push, sent } = setUp();
    queue.maybeThrottle(500);
    push(1);
    jest.advanceTimersByTime(400);
    queue.maybeThrottle(500);
    jest.advanceTimersByTime(499);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(sent).toEqual([1]);
  });

  it('sends at once when the throttle ended while idle', () => {
    const { queue, push, sent } = setUp();
    queue.maybeThrottle(500);
    jest.advanceTimersByTime(500);
    push(1);
    expect(sent).toEqual([1]);
  });

  it('sends requests beyond the limit in flight as others are answered, in order', () => {
    const { push, answer, sent } = setUp({ maxInFlightRequests: 2 });
    for (const id of [1, 2, 3, 4]) push(id);
    expect(sent).toEqual([1, 2]);
    answer(2);
    expect(sent).toEqual([1, 2, 3]);
    answer(1);
    answer(3);
    answer(4);
    expect(sent).toEqual([1, 2, 3, 4]);
    jest.advanceTimersByTime(10);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends a request beyond the limit in flight when the one before it times out', () => {
    const { queue, push, sent, ended } = setUp({ maxInFlightRequests: 1 });
    queue.scheduleRequestTimeoutCheck();
    push(1);
    push(2);
    jest.advanceTimersByTime(1_200);
    expect({ sent, ended }).toEqual({ sent: [1, 2], ended: { 1: 'failed' } });
    queue.destroy();
  });

  it('looks ten times per time-out for requests that have timed out, until its connection is closed', () => {
    let looks = 0;
    let open = true;
    const isConnected = (): boolean => {
      looks++;
      return open;
    };
    const { queue, push, ended } = setUp({ requestTimeout: 10_000, isConnected });
    queue.scheduleRequestTimeoutCheck();
    push(1);
    jest.advanceTimersByTime(10_000);
    expect({ looks, ended }).toEqual({ looks: 10, ended: {} });
    jest.advanceTimersByTime(1_000);
    expect(ended).toEqual({ 1: 'failed' });
    open = false;
    jest.advanceTimersByTime(1_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
