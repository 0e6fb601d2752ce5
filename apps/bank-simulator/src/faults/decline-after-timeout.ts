import type { Fault } from './exchange.js';

export const declineAfterTimeout: Fault<'decline_after_timeout'> = async (exchange, { code }) => {
  await exchange.callerLeft();
  await exchange.deliver({ refusal: { state: 'declined', code } });
};
