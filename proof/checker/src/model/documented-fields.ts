import type { AttributedRows } from './attributed-rows.js';
import { judgeDocumentedCharge } from './documented-charges.js';
import { judgeDocumentedRefund } from './documented-refunds.js';
import { knowObjects } from './known-objects.js';

/** Checks every field of charges and refunds that follows from its request and the documentation. */
export function judgeDocumentedFields(claims: AttributedRows): string[] {
  const { charges, refunds } = knowObjects(claims);
  return [
    ...[...charges.values()].flatMap((known) => judgeDocumentedCharge(known, claims.timeOf(known.row.account))),
    ...[...refunds.values()].flatMap(judgeDocumentedRefund),
  ];
}
