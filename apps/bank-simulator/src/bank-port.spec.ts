import { describe } from '@jest/globals';
import { HttpBankClient } from '#bank-call';
import { SystemClock } from '#clock';
import { bankProtocol } from '#contracts';
import { bankPortContract } from '../../../libs/bank-call/src/testing/bank-port-contract.js';
import { SimulatorUnderTest } from './faults/simulator-under-test.js';

describe('the way to the banks over HTTP', () => {
  bankPortContract(async () => {
    const clock = new SystemClock();
    const simulator = await SimulatorUnderTest.start(clock);
    const banks = bankProtocol.bankNames.map((name) => ({ name, url: simulator.urls[name] }));
    const instanceId = 'gateway-1';
    const client = new HttpBankClient({ banks, instanceId, clock });
    return {
      clock,
      port: client,
      instanceId,
      fault: async (rule) => void (await simulator.fault(rule)),
      liftFaults: async () => void (await simulator.admin('DELETE', '/faults')),
      journal: (bank) => simulator.journal(bank),
      close: async () => {
        await client.close();
        await simulator.stop();
      },
    };
  });
});
