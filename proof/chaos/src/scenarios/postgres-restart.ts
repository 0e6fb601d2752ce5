import type { Scenario } from './scenario.js';

export const postgresRestart: Scenario = {
  name: 'postgres-restart',
  story:
    'Postgres is killed twice, under traffic. What was answered had been committed; what was not answered is asked for again under its key, and is there once or not at all. Commits whose answer was lost are settled by looking. Nothing is parked.',
  seconds: 45,
  traffic: { clients: 12, pauseMs: 400, mix: { charge: 6, 'capture all': 2, refund: 2, 'same key at once': 0.5 } },
  faults: [
    { atS: 8, lastsS: 3, fault: { kind: 'kill', processes: ['postgres'] } },
    { atS: 22, lastsS: 8, fault: { kind: 'kill', processes: ['postgres'] } },
  ],
  reaches: [],
};
