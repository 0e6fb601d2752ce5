import type { Scenario } from './scenario.js';

export const kafkaDown: Scenario = {
  name: 'kafka-down',
  story:
    'The broker is killed and stays down for a quarter of a minute. Charges are still taken: their events wait in the outboxes, and whoever asks is told `pending` after ten seconds. When it is back, everything is sent, and every charge ends.',
  seconds: 45,
  traffic: { clients: 12, pauseMs: 500, mix: { charge: 6, 'capture all': 2, 'answer lost': 2 } },
  faults: [{ atS: 8, lastsS: 15, fault: { kind: 'kill', processes: ['kafka'] } }],
  reaches: ['pending-then-succeeded', 'dropped-answer-replayed'],
};
