import { payments } from '#contracts';
import { become, unchanged } from '#saga';
import { refundKey } from './refund-key.js';
import { refundRefused, refundReserved, refusalFor, refuse, reserve, step } from './refund.js';

/** The merchant gives back a captured charge, or a part: set it aside from the balance, or refuse before a bank is asked. */
export const onRefundRequested = step({
  on: payments.refundRequested,
  idOf: refundKey,
  decide(refund, event, now) {
    switch (refund.state) {
      case 'none': {
        const reason = refusalFor(refund.room, event.amount);
        if (reason) {
          const refused = refuse(refund, event, reason);
          return become(refused, refundRefused(refused));
        }
        const reserved = reserve(refund, event, { cause: payments.refundRequested(event).id, now });
        return become(reserved, refundReserved(reserved));
      }
      case 'reserved':
      case 'posted':
      case 'released':
      case 'refused':
        return unchanged(refund);
    }
  },
});
