import type { FaultBehavior } from './exchange.js';

export const cut: FaultBehavior<'cut'> = async (exchange) => {
  const answer = exchange.begin(await exchange.deliver());
  answer.write(answer.payload.subarray(0, answer.payload.length / 2));
  answer.breakOff();
};
