import { bank, bankProtocol, type HoldRefusal } from '#contracts';
import { become, unchanged } from '#saga';
import { refusalFor, type AccountLimits } from '../accounts/account-limits.js';
import { holdKey } from './hold-key.js';
import { chargePosted, holdPlaced, holdRefused, match, place, refuse, step } from './hold.js';

/** The bank set money aside for us: hold the same amount for the merchant, or refuse and let the gateway void. */
export const onAuthorizationApproved = step({
  on: bank.authorizationApproved,
  idOf: holdKey,
  decide(hold, event, now) {
    const because = { cause: bank.authorizationApproved(event).id, now };
    switch (hold.state) {
      case 'none': {
        const reason = reasonToRefuse(hold.limits, event);
        if (reason) {
          const refused = refuse(hold, event, reason);
          return become(refused, holdRefused(refused));
        }
        const placed = place(hold, event, because);
        return become(placed, holdPlaced(placed));
      }
      case 'unmatched': {
        const posted = match(hold, event, because);
        return become(posted, chargePosted(posted));
      }
      case 'pending':
      case 'posted':
      case 'refused':
      case 'released':
        return unchanged(hold);
    }
  },
});

function reasonToRefuse(limits: AccountLimits, event: bank.AuthorizationApproved): HoldRefusal | undefined {
  const aim = event.fault === null ? undefined : bankProtocol.parseFaultToken(event.fault);
  if (aim && 'at' in aim && aim.at === 'ledger') return 'fault_token';
  return refusalFor(limits, event.amount);
}
