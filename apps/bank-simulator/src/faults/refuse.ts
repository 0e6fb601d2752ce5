import type { FaultBehavior } from './exchange.js';

export const refuse: FaultBehavior<'refuse'> = async (exchange, { code, delayMs }) => {
  const refusal =
    exchange.operation === 'authorize'
      ? ({ state: 'declined', code } as const)
      : ({ state: 'refused', code: 'refused_by_bank' } as const);
  const reply = await exchange.deliver({ refusal });
  if (delayMs > 0) await exchange.pause(delayMs);
  exchange.send(reply);
};
