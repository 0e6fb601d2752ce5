import { describe, expect, it } from '@jest/globals';
import { planInstances, stopOrder } from './instances.js';
import { portsFromEnvironment } from './ports.js';

const ports = portsFromEnvironment({});

describe('the plan of instances', () => {
  it('gives each further instance a name and ports of its own: the first one and a hundred more', async () => {
    const planned = await planInstances(
      { dataDir: '', instances: { 'payments-api': 3 }, services: ['payments-api'] },
      ports,
    );
    expect(planned.map(({ name, ports }) => [name, ports])).toEqual([
      ['payments-api', { PORT: 3000, ADMIN_PORT: 3001 }],
      ['payments-api-2', { PORT: 3100, ADMIN_PORT: 3101 }],
      ['payments-api-3', { PORT: 3200, ADMIN_PORT: 3201 }],
    ]);
  });

  it('stops whoever asks before whoever answers, instances of one service together', async () => {
    const planned = await planInstances({ dataDir: '', instances: { ledger: 2 } }, ports);
    expect(stopOrder(['postgres', 'kafka', ...planned.map(({ name }) => name)], planned)).toEqual([
      ['payments-api'],
      ['bank-gateway'],
      ['ledger', 'ledger-2'],
      ['bank-simulator'],
      ['kafka'],
      ['postgres'],
    ]);
  });

  it('refuses what it does not know, and a second bank simulator', async () => {
    await expect(planInstances({ dataDir: '', instances: { ledgre: 2 } }, ports)).rejects.toThrow('no service ledgre');
    await expect(planInstances({ dataDir: '', instances: { 'bank-simulator': 2 } }, ports)).rejects.toThrow(
      'one instance only',
    );
  });
});
