import type { FaultBehavior } from './exchange.js';

export const latency: FaultBehavior<'latency'> = async (exchange, { delayMs, jitterMs }) => {
  const reply = await exchange.deliver();
  await exchange.pause(delayMs + Math.floor(exchange.random() * jitterMs));
  exchange.send(reply);
};
