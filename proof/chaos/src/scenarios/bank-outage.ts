import type { Scenario } from './scenario.js';

export const bankOutage: Scenario = {
  name: 'bank-outage',
  story:
    'Alder, the first bank for visa, is down, and then cedar, the only one for amex. The circuit breakers open. Visa charges are routed to birch; amex charges fail at once instead of timing out. Both banks return, a probe closes each breaker, and charges succeed as before.',
  seconds: 50,
  traffic: { clients: 12, pauseMs: 500, mix: { charge: 6, 'capture all': 2, refund: 1 } },
  faults: [
    { atS: 8, lastsS: 20, fault: { kind: 'bank', rule: { fault: 'outage', scope: { bank: 'alder' } } } },
    { atS: 18, lastsS: 15, fault: { kind: 'bank', rule: { fault: 'outage', scope: { bank: 'cedar' } } } },
  ],
  reaches: ['breaker-opened', 'breaker-half-opened', 'breaker-closed'],
};
