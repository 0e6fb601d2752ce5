import { stepsOf } from '#messaging';
import type { AnyStep } from '#saga';
import { AuthorizationEventsController } from '../src/authorizations/events/authorization-events.controller.js';
import { BankRefundEventsController } from '../src/authorizations/events/refund-events.controller.js';
import { BankStrayEventsController } from '../src/authorizations/events/stray-events.controller.js';

/** The gateway's steps. */
export const steps = stepsOf([
  new AuthorizationEventsController(),
  new BankRefundEventsController(),
  new BankStrayEventsController(),
]);

export function stepOn({ type }: { readonly type: string }): AnyStep {
  const step = steps.find(({ on }) => on.type === type);
  if (!step) throw new Error(`the gateway does not react to ${type}`);
  return step;
}
