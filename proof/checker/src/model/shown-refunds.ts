import { CLOCKS_DIFFER_MS } from './account-time.js';
import type { RefundObject } from './api-objects.js';
import type { AttributedRows } from './attributed-rows.js';
import type { KnownObjects, KnownRefund } from './known-objects.js';
import { transactionIdOf } from './shown-charges.js';
import { ENDED, judgeEach, judgeFixed, judgeProgress, type ObjectPhase } from './shown-fields.js';
import { judgeRegisters, metadataRegisters } from './shown-registers.js';
import { idOf, where } from './sightings.js';

const changing = new Set(['balance_transaction', 'charge', 'failure_reason', 'metadata', 'status']);

export function judgeRefund(known: KnownRefund, { charges }: KnownObjects, timeOf: AttributedRows['timeOf']): string[] {
  const { row, sightings, notBeforeMs, surelyFromMs } = known;
  const { id } = row;
  if (sightings.length === 0) return [];
  const charge = charges.get(row.chargeId);
  const metadata = metadataRegisters(known, sightings);
  const fresh = sightings.filter(({ isFresh }) => isFresh);
  const [leastMs, mostMs] = timeOf(row.account).between(notBeforeMs, surelyFromMs);
  return [
    ...(row.createdMs < leastMs - CLOCKS_DIFFER_MS || row.createdMs > mostMs + CLOCKS_DIFFER_MS
      ? [`${id}: made at ${row.createdMs} ms, and its account's time was ${leastMs} to ${mostMs}`]
      : []),
    ...sightings.flatMap((sighting) => [
      ...(sighting.exchange.account === row.account
        ? []
        : [`${id}: ${where(sighting)} shows it to another account than ${row.account}`]),
      ...(sighting.exchange.endedMs < notBeforeMs
        ? [`${id}: ${where(sighting)} shows it before it was requested`]
        : []),
    ]),
    ...judgeProgress(id, sightings, phaseOf, phaseAt(row.state)),
    ...judgeFixed(id, sightings, changing),
    ...judgeEach(id, sightings, (object) => [
      object.amount !== row.amountMinor && `amount ${object.amount}, which is ${row.amountMinor} at rest`,
      charge !== undefined &&
        object.currency !== charge.row.currency &&
        `currency ${object.currency}, and its charge is in ${charge.row.currency}`,
      idOf(object.charge) !== row.chargeId && `charge ${idOf(object.charge)}, and it is of ${row.chargeId}`,
      object.created !== Math.floor(row.createdMs / 1_000) &&
        `created ${object.created}, and it was made at ${row.createdMs} ms`,
      (object.status === 'failed') !== 'failure_reason' in object &&
        `failure_reason of a refund that is ${object.status}`,
      // What gives back an authorization has no balance transaction.
      idOf(object.balance_transaction) !==
        (object.status === 'succeeded' && !row.cancels ? transactionIdOf(id) : null) &&
        `balance_transaction ${idOf(object.balance_transaction)} of a refund that is ${object.status}`,
    ]),
    ...judgeRegisters(
      id,
      known,
      fresh.flatMap((sighting) =>
        metadata.map((register) => ({
          register,
          value: sighting.object.metadata[register.slice('metadata['.length, -1)] ?? null,
          sighting,
        })),
      ),
    ),
  ];
}

const phaseOf = ({ status }: RefundObject): ObjectPhase => phaseAt(status);
const phaseAt = (status: RefundObject['status']): ObjectPhase => ({
  rank: status === 'pending' ? 0 : ENDED,
  name: status,
});
