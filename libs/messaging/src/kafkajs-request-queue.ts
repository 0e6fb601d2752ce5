import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

/** kafkajs' queue of requests on one connection, as far as it concerns us. Private to kafkajs. */
export interface RequestQueue {
  readonly pending: unknown[];
  scheduleCheckPendingRequests: () => void;
}

export const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
  new (options: object): RequestQueue;
  readonly prototype: RequestQueue;
};

/** Of the method's source text in kafkajs 2.2.4. */
const KNOWN_SHA256 = '04347ea969c6f2e3754427c0cbaee0bd4ce947fbd82f7b6e027506a06dfc581a';

/**
 * kafkajs 2.2.4 (2.0.0 and later) looks for requests that a throttle holds back by a timer. It starts the timer anew
 * whenever it fires, also when no request is held back, and then with a negative delay, for which Node waits 1 ms and
 * prints a TimeoutNegativeWarning: an idle process wakes 900 times a second for each service, forever.
 *
 * The timer is needed only while requests are held back, and `push` starts it for each one that is. So without any, do
 * not start it.
 *
 * @throws AssertionError when kafkajs has changed the method: see whether it still needs this
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
