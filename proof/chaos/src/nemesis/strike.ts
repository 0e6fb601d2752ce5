import type { Control } from '../../../../infra/local/runtime.js';
import type { ChaosNetwork } from '../network/network.js';
import type { ChaosFault } from '../schedule/fault.js';
import type { BankFaults } from './bank-faults.client.js';
import type { LaunchSettings } from './launch-settings.js';
import type { EndFault } from './end-fault.js';
import type { Moments } from './moments.js';
import type { Poison } from './poison.js';

/** The targets and tools of fault injection. */
export interface StrikeTargets {
  readonly control: Control;
  readonly network: ChaosNetwork;
  readonly launchSettings: LaunchSettings;
  readonly bankFaults: BankFaults;
  readonly poison: Poison;
  readonly moments: Moments;
}

/** Injects a fault. Resolves once it is in effect, with the function that lifts it. */
export async function strike(world: StrikeTargets, fault: ChaosFault): Promise<EndFault> {
  const { control, network, launchSettings, bankFaults, poison, moments } = world;
  const each = async (names: readonly string[], command: (name: string) => Promise<unknown>): Promise<void> => {
    await Promise.all(names.map(command));
  };
  switch (fault.kind) {
    case 'kill':
      await moments.strike(fault.moment, fault.processes, () => each(fault.processes, (name) => control.kill(name)));
      return () => each(fault.processes, (name) => control.start(name));
    case 'freeze':
      await moments.strike(fault.moment, fault.processes, () => each(fault.processes, (name) => control.freeze(name)));
      return () => each(fault.processes, (name) => control.thaw(name));
    case 'terminate':
      await each(fault.processes, (name) => control.stop(name));
      return () => each(fault.processes, (name) => control.start(name));
    case 'slow_start': {
      for (const name of fault.processes) launchSettings.slowDown(name, fault.delayMs);
      await each(fault.processes, (name) => control.kill(name));
      const starting = each(fault.processes, (name) => control.start(name));
      starting.catch(() => undefined); // the lifting function awaits it and reports the error
      return async () => {
        for (const name of fault.processes) launchSettings.slowDown(name, 0);
        await starting;
      };
    }
    case 'clock_step': {
      const step = async (offsetMs: number): Promise<void> => {
        for (const name of fault.processes) launchSettings.stepClock(name, offsetMs);
        await each(fault.processes, (name) => control.restart(name));
      };
      await step(fault.offsetMs);
      return () => step(0);
    }
    case 'cut':
    case 'delay':
    case 'one_way': {
      const { route, ...condition } = fault;
      await network.impose(route, condition);
      return () => network.impose(route, { kind: 'open' });
    }
    case 'bank':
      return bankFaults.set(fault.rule);
    case 'poison':
      return poison.spill(fault.amountMinor);
  }
}
