import type { FaultBehavior } from './exchange.js';

export const dropBefore: FaultBehavior<'drop_before'> = (exchange) => exchange.reset();
