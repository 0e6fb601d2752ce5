import type { Scenario } from './scenario.js';

export const blackFriday: Scenario = {
  name: 'black-friday',
  story:
    'Four hundred shoppers come at once, to a shop that is set to admit few, and in the rush dogwood hangs and a ledger dies. Who cannot be served is turned away at once with a 429 and comes again; who was admitted is served, and the hanging bank’s charges shed no others.',
  seconds: 50,
  traffic: { clients: 400, pauseMs: 200, mix: { charge: 1 } },
  faults: [
    { atS: 10, lastsS: 15, fault: { kind: 'bank', rule: { fault: 'hang', scope: { bank: 'dogwood' } } } },
    { atS: 20, lastsS: 6, fault: { kind: 'kill', processes: ['ledger'] } },
  ],
  reaches: ['breaker-opened'],
  env: { ADMIT_UNCOMMITTED: '48', ADMIT_UNSETTLED: '300', ADMIT_UNSETTLED_PER_NETWORK: '80' },
};
