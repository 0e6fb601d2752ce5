import type { Scenario } from './scenario.js';

export const postgresRestart: Scenario = {
  name: 'postgres-restart',
  story:
    'Postgres is killed twice, under traffic. Every answered request had been committed. An unanswered one is retried under its idempotency key, and was performed once or not at all. After a COMMIT whose answer was lost, the service reads whether it took effect. No event is parked.',
  seconds: 45,
  traffic: { clients: 12, pauseMs: 400, mix: { charge: 6, 'capture all': 2, refund: 2, 'same key at once': 0.5 } },
  faults: [
    { atS: 8, lastsS: 3, fault: { kind: 'kill', processes: ['postgres'] } },
    { atS: 22, lastsS: 8, fault: { kind: 'kill', processes: ['postgres'] } },
  ],
  reaches: [],
};
