import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { SystemClock, type Timer } from '#clock';

/** The parts of kafkajs' private request queue, one per connection, that this file patches or uses. */
export interface RequestQueue {
  readonly pending: unknown[];
  readonly inflight: ReadonlyMap<
    number,
    { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void }
  >;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  readonly isConnected: () => boolean;
  scheduleCheckPendingRequests: () => void;
  scheduleRequestTimeoutCheck: () => void;
  destroy: () => void;
}

export const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
  new (options: object): RequestQueue;
  readonly prototype: RequestQueue;
};

/** The hashes of the methods' source texts in kafkajs 2.2.4. */
const knownSha256 = {
  scheduleCheckPendingRequests: '04347ea969c6f2e3754427c0cbaee0bd4ce947fbd82f7b6e027506a06dfc581a',
  scheduleRequestTimeoutCheck: '4fa2b60aa0fe28a4fefc028706b8de18cdafc88916fae651d8cc5d359cc4553a',
} as const;

/** A request times out up to a tenth of its time-out late. */
const CHECKS_PER_TIMEOUT = 10;

/** @throws AssertionError when kafkajs has changed the method: check whether the patch is still needed */
function assertKnown(method: keyof typeof knownSha256): void {
  assert.equal(
    createHash('sha256').update(String(RequestQueue.prototype[method])).digest('hex'),
    knownSha256[method],
    `kafkajs has changed RequestQueue.${method}: libs/messaging/src/kafkajs-request-queue.ts knows that of 2.2.4`,
  );
}

/**
 * kafkajs since 2.0.0 restarts its throttle timer with a negative delay while idle, which wakes the process 900 times a
 * second. `push` starts the timer for each throttled request, so do not start it without any.
 */
function startNoTimerWithoutPendingRequests(): void {
  assertKnown('scheduleCheckPendingRequests');
  const { scheduleCheckPendingRequests } = RequestQueue.prototype;
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}

/** kafkajs looks for requests that have timed out every 100 ms on each connection, however long the time-out is. */
function checkTimeoutsAtTheirScale(): void {
  assertKnown('scheduleRequestTimeoutCheck');
  const clock = new SystemClock();
  const checks = new WeakMap<RequestQueue, Timer>();
  const check = (queue: RequestQueue): void => {
    for (const request of queue.inflight.values())
      if (clock.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
    if (queue.isConnected()) checkLater(queue);
  };
  const checkLater = (queue: RequestQueue): void => {
    const everyMs = queue.requestTimeout / CHECKS_PER_TIMEOUT;
    checks.set(
      queue,
      clock.after(everyMs, () => check(queue)),
    );
  };
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    checkLater(this);
  };
  const { destroy } = RequestQueue.prototype;
  RequestQueue.prototype.destroy = function (this: RequestQueue) {
    checks.get(this)?.cancel();
    destroy.call(this);
  };
}

startNoTimerWithoutPendingRequests();
checkTimeoutsAtTheirScale();
