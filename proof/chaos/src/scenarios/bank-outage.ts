import type { Scenario } from './scenario.js';

export const bankOutage: Scenario = {
  name: 'bank-outage',
  story:
    'Alder, the first bank for visa, goes away, and then cedar, the only one for amex. Visa charges go on at birch; amex charges are refused at once instead of keeping their customers waiting. Both come back, a probe finds out, and all is as before.',
  seconds: 50,
  traffic: { clients: 12, pauseMs: 500, mix: { charge: 6, 'capture all': 2, refund: 1 } },
  faults: [
    { atS: 8, lastsS: 20, fault: { kind: 'bank', rule: { fault: 'outage', scope: { bank: 'alder' } } } },
    { atS: 18, lastsS: 15, fault: { kind: 'bank', rule: { fault: 'outage', scope: { bank: 'cedar' } } } },
  ],
  reaches: ['breaker-opened', 'breaker-half-opened', 'breaker-closed'],
};
