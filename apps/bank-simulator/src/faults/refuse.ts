import type { Fault } from './exchange.js';

export const refuse: Fault<'refuse'> = async (exchange, { code }) => {
  const refusal =
    exchange.operation === 'authorize'
      ? ({ state: 'declined', code } as const)
      : ({ state: 'refused', code: 'refused_by_bank' } as const);
  exchange.send(await exchange.deliver({ refusal }));
};
