import type { Fault } from './exchange.js';

export const malformed: Fault<'malformed'> = async (exchange) => {
  await exchange.deliver();
  exchange.sendText(200, '{"state":"approved","bankId":');
};
