import type { Fault } from './exchange.js';

export const hang: Fault<'hang'> = async (exchange, { performs }) => {
  if (performs) await exchange.deliver();
};
