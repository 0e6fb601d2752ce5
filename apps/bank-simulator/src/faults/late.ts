import type { FaultBehavior } from './exchange.js';

/** As if the network had held the request: what is too late by then is for the bank to say. */
export const late: FaultBehavior<'late'> = async (exchange, { delayMs }) => {
  await exchange.callerLeft();
  await exchange.pause(delayMs);
  await exchange.deliver();
};
