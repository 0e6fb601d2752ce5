import { bankProtocol, type bank, type HoldRefusal } from '#contracts';
import { refusalFor, type AccountLimits } from '../accounts/account-limits.js';

/** @returns the reason to refuse the hold of an approved amount, if any */
export function reasonToRefuse(limits: AccountLimits, event: bank.AuthorizationApproved): HoldRefusal | undefined {
  const aim = event.fault === null ? undefined : bankProtocol.parseFaultToken(event.fault);
  if (aim && 'at' in aim && aim.at === 'ledger') return 'fault_token';
  return refusalFor(limits, event.amount);
}
