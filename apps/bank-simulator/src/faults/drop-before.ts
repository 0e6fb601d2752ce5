import type { Fault } from './exchange.js';

export const dropBefore: Fault<'drop_before'> = (exchange) => exchange.reset();
