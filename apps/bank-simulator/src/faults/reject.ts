import { errorReply } from '../books/decision.js';
import type { FaultBehavior } from './exchange.js';

export const reject: FaultBehavior<'reject'> = (exchange) => {
  exchange.send(errorReply(400, 'invalid_request', 'the bank cannot read this request', exchange.now()));
};
