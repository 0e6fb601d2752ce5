import { z } from 'zod';
import { expand } from '../../protocol/expand.js';
import { hash, integer } from '../../protocol/parameter-schemas.js';
import { detailParameters, ofConnect, statementDescriptor } from './charge-details.js';

/** A valid `POST /v1/charges/:id/capture`. */
export const captureParameters = hash(
  z.object({
    application_fee: ofConnect,
    application_fee_amount: ofConnect,
    transfer_data: ofConnect,
    amount: integer({ min: 1 }).optional(),
    statement_descriptor: statementDescriptor,
    statement_descriptor_suffix: statementDescriptor,
    expand: expand('charge'),
    ...detailParameters.pick({ receipt_email: true, transfer_group: true }).shape,
  }),
).transform(({ amount, statement_descriptor, statement_descriptor_suffix, expand, receipt_email, transfer_group }) => ({
  /** Absent: all that was authorized. */
  amountMinor: amount,
  statementDescriptor: statement_descriptor,
  statementDescriptorSuffix: statement_descriptor_suffix,
  details: { receipt_email, transfer_group },
  expand,
}));
export type CaptureParameters = z.output<typeof captureParameters>;
