import type { Scenario } from './scenario.js';

export const blackFriday: Scenario = {
  name: 'black-friday',
  story:
    'Four hundred clients come at once, with low limits of admission control. In the rush dogwood hangs and a ledger is killed. Load shedding answers excess requests at once with a 429, and their clients retry. Admitted requests are served, and charges of the hanging bank shed no others (bulkhead).',
  seconds: 50,
  traffic: { clients: 400, pauseMs: 200, mix: { charge: 1 } },
  faults: [
    { atS: 10, lastsS: 15, fault: { kind: 'bank', rule: { fault: 'hang', scope: { bank: 'dogwood' } } } },
    { atS: 20, lastsS: 6, fault: { kind: 'kill', processes: ['ledger'] } },
  ],
  reaches: ['breaker-opened'],
  env: { ADMIT_UNCOMMITTED: '48', ADMIT_UNSETTLED: '300', ADMIT_UNSETTLED_PER_NETWORK: '80' },
};
