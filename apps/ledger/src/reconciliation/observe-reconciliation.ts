import { about, type Log, type Metrics } from '#telemetry';
import type { ReconciliationObserver } from './reconciliation.js';

/** Logs a new difference at warn, its repetitions at debug, and its resolution at info. */
export function observeReconciliation(log: Log, metrics: Metrics): ReconciliationObserver {
  const entries = metrics.counter({
    name: 'reconciliation_entries_compared_total',
    help: 'Entries of banks’ statements that were compared with the books.',
    labels: ['bank'],
  });
  const transfers = metrics.counter({
    name: 'reconciliation_transfers_compared_total',
    help: 'Transfers mirroring a bank’s movement that were compared with its statement.',
  });
  const found = metrics.counter({
    name: 'reconciliation_differences_found_total',
    help: 'Differences found, by bank and kind.',
    labels: ['bank', 'kind'],
  });
  const resolved = metrics.counter({
    name: 'reconciliation_differences_resolved_total',
    help: 'Differences that ended, by resolution.',
    labels: ['resolution'],
  });
  return {
    entriesCompared: (bank, count) => entries.inc({ bank }, count),
    transfersCompared: (count) => transfers.inc(count),
    found({ id, kind, bank, movement, chargeId, bankId, amountMinor, currency }, timesReported) {
      const fields = { ...about({ charge: chargeId }), difference: id, bank, amountMinor, currency };
      const words = `${kind}: ${movement} ${bankId} at ${bank}`;
      if (timesReported > 1) log.debug({ ...fields, timesReported }, `${words} still stands`);
      else {
        found.inc({ bank, kind });
        log.warn(fields, `a bank and the books do not agree: ${words}`);
      }
    },
    resolved(difference, resolution) {
      resolved.inc({ resolution });
      log.info({ difference, resolution }, 'a bank and the books agree again');
    },
  };
}
