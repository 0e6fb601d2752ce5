import type { FaultBehavior } from './exchange.js';

export const malformed: FaultBehavior<'malformed'> = async (exchange) => {
  await exchange.deliver();
  exchange.sendText(200, '{"state":"approved","bankId":');
};
