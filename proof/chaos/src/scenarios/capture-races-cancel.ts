import type { Scenario } from './scenario.js';

export const captureRacesCancel: Scenario = {
  name: 'capture-races-cancel',
  story:
    'Merchants capture and cancel the same authorization at the same moment, through different instances, while banks answer slowly and now and then not at all. The gateway’s authorization row is the one arbiter: of each pair one wins, and both merchants are told so.',
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
