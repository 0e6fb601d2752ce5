import type { bankProtocol } from '#contracts';
import type { ReceivedRequest } from './evidence.js';
import type { FaultStretch } from './faults.js';

/** What banks did to single requests, by rule or by the charge's own token: from their journals. */
export function bankFaultsIn(requests: readonly ReceivedRequest[]): FaultStretch[] {
  return requests.flatMap(({ at, bank, chargeId: charge, fault }) => {
    if (!fault) return [];
    const kind = fault.name as bankProtocol.FaultName;
    return [{ kind, at: { bank }, fromMs: at, untilMs: at, charge, isAimed: fault.by === 'token' }];
  });
}
