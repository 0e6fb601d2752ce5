import type { FaultBehavior } from './exchange.js';

export const inquiryLag: FaultBehavior<'inquiry_lag'> = async (exchange, { lagMs }) => {
  exchange.send(await exchange.deliver({ lagMs }));
};
