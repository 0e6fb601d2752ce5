import type { Fault } from './exchange.js';

export const latency: Fault<'latency'> = async (exchange, { delayMs, jitterMs }) => {
  const reply = await exchange.deliver();
  await exchange.pause(delayMs + Math.floor(exchange.random() * jitterMs));
  exchange.send(reply);
};
