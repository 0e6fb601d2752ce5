import assert from 'node:assert/strict';
import { payments } from '#contracts';
import { become, unchanged, type Work } from '#saga';
import type { AccountContext } from './account-posting.js';
import { charges, recordEvent, type ChargeRecord, type ChargeRecordKey } from './charge-record.js';
import { lapsesAt } from './pending.js';

/** Command that cancels an authorization whose seven days are over. A capture that was requested in time goes on. */
export function expireCharge({
  id,
  account,
}: {
  id: string;
  account: string;
}): Work<ChargeRecord, void, ChargeRecordKey, AccountContext> {
  return {
    aggregate: charges,
    key: { chargeId: id },
    account,
    decide: (before, now) => {
      assert(before.charge.state !== 'none', 'only what was found expires');
      const lapses = lapsesAt(before.charge);
      if (lapses === null || now < lapses) return unchanged(before);
      const cause = 'expired';
      const after = recordEvent(before, { type: 'cancellation_requested', cause, refund: null });
      return become(after, payments.cancellationRequested({ chargeId: id, account, cause }));
    },
  };
}
