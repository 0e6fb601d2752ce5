import type { Scenario } from './scenario.js';

export const captureRacesCancel: Scenario = {
  name: 'capture-races-cancel',
  story:
    'Merchants capture and cancel the same authorization at the same moment, through different instances, while banks answer slowly or not at all. The row lock on the gateway’s authorization decides each race: one of the two requests wins, and both answers say so.',
  seconds: 45,
  traffic: { clients: 16, pauseMs: 300, mix: { 'capture races cancel': 1 } },
  faults: [
    {
      atS: 8,
      lastsS: 12,
      fault: { kind: 'bank', rule: { fault: 'latency', parameters: { delayMs: 300, jitterMs: 1_200 }, seed: 1 } },
    },
    {
      atS: 22,
      lastsS: 12,
      fault: { kind: 'bank', rule: { fault: 'drop_after', operation: 'capture', probability: 0.5, seed: 2 } },
    },
  ],
  reaches: ['capture-won', 'cancel-won', 'doubt-had-happened'],
};
