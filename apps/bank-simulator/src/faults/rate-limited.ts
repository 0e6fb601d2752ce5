import { errorReply } from '../books/decision.js';
import type { FaultBehavior } from './exchange.js';

export const rateLimited: FaultBehavior<'rate_limited'> = (exchange, { retryAfterMs }) => {
  const headers = { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  exchange.send(errorReply(429, 'not_processed', 'too many requests', exchange.now(), headers));
};
