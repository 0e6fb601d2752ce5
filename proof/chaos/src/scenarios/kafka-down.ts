import type { Scenario } from './scenario.js';

export const kafkaDown: Scenario = {
  name: 'kafka-down',
  story:
    'The broker is killed and stays down for a quarter of a minute. Charges are still accepted: their events wait in the outboxes, and requests are answered `pending` after ten seconds. When the broker is back, the relays publish everything, and every charge ends.',
  seconds: 45,
  traffic: { clients: 12, pauseMs: 500, mix: { charge: 6, 'capture all': 2, 'answer lost': 2 } },
  faults: [{ atS: 8, lastsS: 15, fault: { kind: 'kill', processes: ['kafka'] } }],
  reaches: ['pending-then-succeeded', 'dropped-answer-replayed'],
};
