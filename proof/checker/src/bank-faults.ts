import type { bankProtocol } from '#contracts';
import type { ReceivedRequest } from './evidence.js';
import type { FaultStretch } from './faults.js';

/** Faults of single requests, by a rule or a fault token, from the banks' journals. */
export function bankFaultsIn(requests: readonly ReceivedRequest[]): FaultStretch[] {
  return requests.flatMap(({ at, bank, chargeId: charge, fault }) => {
    if (!fault) return [];
    const kind = fault.name as bankProtocol.FaultName;
    return [{ kind, at: { bank }, fromMs: at, untilMs: at, charge, isAimed: fault.by === 'token' }];
  });
}
