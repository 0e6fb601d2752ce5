import type { FaultBehavior } from './exchange.js';

/** The network duplicates the request. An idempotent bank still performs it once. */
export const duplicate: FaultBehavior<'duplicate'> = async (exchange) => {
  const [reply] = await Promise.all([exchange.deliver(), exchange.deliver()]);
  exchange.send(reply);
};
