import { z } from 'zod';
import { defineEvent, type EventContract, type EventDefinition } from './event.js';
import { account, amount, chargeId, refundId } from './fields.js';

/** The common fields of all events of a refund. */
export const refundHead = z.strictObject({ refundId, chargeId, account, amount });

/** An event of one refund. A charge may have several, so its id begins with the refund. */
export function defineRefundEvent<Data extends z.infer<typeof refundHead>>(
  definition: Omit<EventDefinition<Data>, 'subject'>,
): EventContract<Data> {
  return defineEvent({ ...definition, subject: ({ refundId }) => refundId });
}
