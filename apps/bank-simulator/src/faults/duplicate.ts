import type { FaultBehavior } from './exchange.js';

/** As if the network had doubled the request: an idempotent bank performs it once all the same. */
export const duplicate: FaultBehavior<'duplicate'> = async (exchange) => {
  const [reply] = await Promise.all([exchange.deliver(), exchange.deliver()]);
  exchange.send(reply);
};
