import type { FaultBehavior } from './exchange.js';

/** The network delays the request. The bank checks `validUntil` on arrival. */
export const late: FaultBehavior<'late'> = async (exchange, { delayMs }) => {
  await exchange.callerLeft();
  await exchange.pause(delayMs);
  await exchange.deliver();
};
