import type { Scenario } from './scenario.js';

export const frozenLeader: Scenario = {
  name: 'frozen-leader',
  story:
    'One instance of each service in turn is frozen, as by a machine that pauses, for longer than every lease and Kafka’s session. The other instance takes over its leases, partitions and operations. Then the frozen one resumes as if no time had passed, and its stale writes are fenced.',
  seconds: 75,
  traffic: { clients: 14, pauseMs: 400, mix: { charge: 6, 'capture all': 3, refund: 2, 'answer lost': 1 } },
  faults: [
    { atS: 8, lastsS: 13, fault: { kind: 'freeze', processes: ['bank-gateway'] } },
    { atS: 28, lastsS: 13, fault: { kind: 'freeze', processes: ['ledger'] } },
    { atS: 48, lastsS: 13, fault: { kind: 'freeze', processes: ['payments-api'] } },
  ],
  reaches: ['leader-replaced'],
};
