import { describe } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { bankPortContract } from '../../../../libs/bank-call/src/testing/bank-port-contract.js';
import { MovingWorld } from '../../../virtual-time/src/testing/moving-world.js';
import { SimulatedBanks } from './simulated-banks.js';

describe('the way to the banks in memory', () => {
  bankPortContract(() => {
    const world = new MovingWorld();
    const nobody = (): void => undefined;
    const banks = new SimulatedBanks(world.process('banks'), world.network('bank network'), nobody, nobody);
    const gateway = world.process('gateway-1');
    return Promise.resolve({
      clock: world.clock,
      port: banks.portOf(gateway),
      instanceId: gateway.name,
      fault: (rule) => Promise.resolve(void banks.rules.add(bankProtocol.faultRuleSchema.parse(rule))),
      liftFaults: () => Promise.resolve(banks.rules.removeAll()),
      journal: (bank) => Promise.resolve(banks.journals.get(bank)!),
      close: () => Promise.resolve(world.stop()),
    });
  });
});
