import { errorReply } from '../books/decision.js';
import type { FaultBehavior } from './exchange.js';

export const notProcessed: FaultBehavior<'not_processed'> = (exchange) => {
  exchange.send(errorReply(503, 'not_processed', 'the bank takes no requests at the moment', exchange.now()));
};
