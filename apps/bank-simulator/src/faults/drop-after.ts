import type { Fault } from './exchange.js';

export const dropAfter: Fault<'drop_after'> = async (exchange) => {
  await exchange.deliver();
  exchange.reset();
};
