import type { FaultBehavior } from './exchange.js';

/** An outage of less than a bank: the port stays open for other requests, so this connection is reset. */
export const outage: FaultBehavior<'outage'> = (exchange) => exchange.reset();
