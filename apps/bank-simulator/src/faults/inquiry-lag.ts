import type { Fault } from './exchange.js';

export const inquiryLag: Fault<'inquiry_lag'> = async (exchange, { lagMs }) => {
  exchange.send(await exchange.deliver({ lagMs }));
};
