import type { Scenario } from './scenario.js';

export const answerLost: Scenario = {
  name: 'answer-lost',
  story:
    'Answers are lost everywhere: clients disconnect after sending, banks perform and drop the connection, the network holds a bank’s answers until their callers have timed out. Every client retries under its idempotency key. Nothing is performed twice, and the retry gets the stored answer.',
  seconds: 60,
  traffic: {
    clients: 14,
    pauseMs: 400,
    mix: { 'answer lost': 5, 'refund answer lost': 2, 'capture all': 2, 'asked again later': 2 },
  },
  faults: [
    { atS: 8, lastsS: 10, fault: { kind: 'bank', rule: { fault: 'drop_after', probability: 0.5, seed: 1 } } },
    {
      atS: 20,
      lastsS: 8,
      fault: { kind: 'one_way', route: { from: ['bank-gateway', 'bank-gateway-2'], to: 'cedar' }, held: 'answers' },
    },
    {
      atS: 32,
      lastsS: 8,
      fault: { kind: 'one_way', route: { from: ['bank-gateway', 'bank-gateway-2'], to: 'dogwood' }, held: 'requests' },
    },
  ],
  reaches: ['doubt-had-happened', 'dropped-answer-replayed'],
};
