import type { FaultBehavior } from './exchange.js';

export const hang: FaultBehavior<'hang'> = async (exchange, { performs }) => {
  if (performs) await exchange.deliver();
};
