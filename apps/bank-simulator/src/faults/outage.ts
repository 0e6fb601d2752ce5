import type { FaultBehavior } from './exchange.js';

/** An outage of less than a bank: its port has to stay open for the rest, so this caller is cut off instead. */
export const outage: FaultBehavior<'outage'> = (exchange) => exchange.reset();
