import { expect, it } from '@jest/globals';
import type { Dispatcher } from 'undici';
import { SystemClock } from '#clock';
import type { WireResult } from './bank-port.js';
import { HttpDispatchHandler } from './http-dispatch-handler.client.js';

it('is one request: undici must not restart it when its connection breaks', () => {
  const facts: WireResult[] = [];
  const options = { attemptId: 'at_1', signal: new AbortController().signal, latestWriteAtMs: Infinity };
  const exchange = new HttpDispatchHandler(options, new SystemClock(), (fact) => facts.push(fact));
  const aborted: string[] = [];
  const controller = (name: string): Dispatcher.DispatchController => ({
    aborted: false,
    paused: false,
    reason: null,
    abort: () => void aborted.push(name),
    pause() {},
    resume() {},
  });
  exchange.onRequestStart(controller('first'));
  exchange.onRequestStart(controller('second'));
  expect(aborted).toEqual(['second']);
  expect(facts).toEqual([{ kind: 'no_response', cause: 'reset' }]);
});
