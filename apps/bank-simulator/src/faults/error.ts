import { errorReply } from '../books/decision.js';
import type { FaultBehavior } from './exchange.js';

export const error: FaultBehavior<'error'> = async (exchange, { performs }) => {
  if (performs) await exchange.deliver();
  exchange.send(errorReply(500, 'internal_error', 'something went wrong at the bank', exchange.now()));
};
