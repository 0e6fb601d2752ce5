import type { FaultBehavior } from './exchange.js';

export const declineAfterTimeout: FaultBehavior<'decline_after_timeout'> = async (exchange, { code }) => {
  await exchange.callerLeft();
  await exchange.deliver({ refusal: { state: 'declined', code } });
};
