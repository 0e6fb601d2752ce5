import type { FaultBehavior } from './exchange.js';

export const dropAfter: FaultBehavior<'drop_after'> = async (exchange) => {
  await exchange.deliver();
  exchange.reset();
};
