import { describe, expect, it } from '@jest/globals';
import { composeContainersIn, doorsOf } from './compose-containers.js';

const publisher = (TargetPort: number, PublishedPort: number) => ({ URL: '127.0.0.1', TargetPort, PublishedPort });
const ledger = { Service: 'ledger', Name: 'demo-ledger-1', State: 'running', Health: 'healthy' };
const rows = [
  { ...ledger, Publishers: [publisher(3003, 4003)] },
  {
    Service: 'payments-api',
    Name: 'demo-payments-api-1',
    State: 'running',
    Health: 'starting',
    Publishers: [publisher(3000, 3000), publisher(3001, 3001)],
  },
  { Service: 'bank-gateway', Name: 'demo-bank-gateway-1', State: 'exited', Publishers: null },
  { Service: 'holdfast', Name: 'demo-holdfast-run-1', State: 'running', Publishers: [] },
];

describe('containers of compose', () => {
  it.each([
    ['a line for each', rows.map((row) => JSON.stringify(row)).join('\n')],
    ['one list', JSON.stringify(rows)],
  ])('are read from %s, without the one that asks', (_, text) => {
    expect(composeContainersIn(text).map(({ service, state, health }) => [service, state, health])).toEqual([
      ['ledger', 'running', 'healthy'],
      ['payments-api', 'running', 'starting'],
      ['bank-gateway', 'exited', ''],
    ]);
  });

  it('are none when Docker names none', () => {
    expect(composeContainersIn('')).toEqual([]);
  });

  it('have their admin APIs where they are published', () => {
    expect(doorsOf(composeContainersIn(JSON.stringify(rows)))).toEqual({
      payments: ['http://127.0.0.1:3001'],
      gateway: [],
      ledger: ['http://127.0.0.1:4003'],
      banks: [],
    });
  });
});
