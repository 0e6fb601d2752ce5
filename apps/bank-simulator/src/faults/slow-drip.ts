import type { FaultBehavior } from './exchange.js';

const drips = 20;

export const slowDrip: FaultBehavior<'slow_drip'> = async (exchange, { durationMs }) => {
  const answer = exchange.begin(await exchange.deliver());
  const dripBytes = Math.ceil(answer.payload.length / drips);
  for (let from = 0; from < answer.payload.length; from += dripBytes) {
    await exchange.pause(durationMs / drips);
    answer.write(answer.payload.subarray(from, from + dripBytes));
  }
  answer.end();
};
