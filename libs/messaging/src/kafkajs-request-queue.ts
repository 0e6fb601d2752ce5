import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

/** The part of kafkajs' private request queue, one per connection, that this file patches. */
export interface RequestQueue {
  readonly pending: unknown[];
  scheduleCheckPendingRequests: () => void;
}

export const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
  new (options: object): RequestQueue;
  readonly prototype: RequestQueue;
};

/** The hash of the method's source text in kafkajs 2.2.4. */
const KNOWN_SHA256 = '04347ea969c6f2e3754427c0cbaee0bd4ce947fbd82f7b6e027506a06dfc581a';

/**
 * kafkajs since 2.0.0 restarts its throttle timer with a negative delay while idle, which wakes the process 900 times a
 * second. `push` starts the timer for each throttled request, so do not start it without any.
 *
 * @throws AssertionError when kafkajs has changed the method: check whether the patch is still needed
 */
function startNoTimerWithoutPendingRequests(): void {
  const { scheduleCheckPendingRequests } = RequestQueue.prototype;
  assert.equal(
    createHash('sha256').update(String(scheduleCheckPendingRequests)).digest('hex'),
    KNOWN_SHA256,
    'kafkajs has changed RequestQueue.scheduleCheckPendingRequests: libs/messaging/src/kafkajs-request-queue.ts knows that of 2.2.4',
  );
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}

startNoTimerWithoutPendingRequests();
