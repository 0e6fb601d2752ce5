import type { bankProtocol } from '#contracts';
import type { Log, Metrics } from '#telemetry';
import type { HaltReason, StatementObserver } from './statement-observer.js';

/** The number of consecutive failures from which a bank's silence is logged as a warning. */
const WORTH_A_WARNING = 3;

const haltTexts: Record<HaltReason, string> = {
  another_journal: 'what it performed before is not in its journal any more: it was reset',
  gap: 'its sequence has a gap, or ends before its watermark',
};

/** Logs once when a bank is silent and once when it is back; a halt is logged at error every time. */
export function observeStatements(log: Log, metrics: Metrics): StatementObserver {
  const entries = metrics.counter({
    name: 'bank_statement_entries_total',
    help: 'Entries of banks’ statements that this process published.',
    labels: ['bank'],
  });
  const unanswered = metrics.counter({
    name: 'bank_statement_unanswered_total',
    help: 'Requests for a statement that failed, by reason.',
    labels: ['bank', 'reason'],
  });
  const haltedGauge = metrics.gauge({
    name: 'bank_statement_standstill',
    help: '1 while a bank’s statement contradicts its published pages and needs an operator.',
    labels: ['bank', 'reason'],
  });
  const silences = new Map<bankProtocol.BankName, number>();
  const stopped = new Map<bankProtocol.BankName, HaltReason>();
  return {
    published({ bank, entries: added }) {
      entries.inc({ bank }, added.length);
      if ((silences.get(bank) ?? 0) >= WORTH_A_WARNING || stopped.has(bank))
        log.info({ bank }, `the statement of ${bank} is read again`);
      silences.delete(bank);
      const reason = stopped.get(bank);
      if (reason) haltedGauge.set({ bank, reason }, 0);
      stopped.delete(bank);
    },
    unanswered(bank, reason) {
      unanswered.inc({ bank, reason });
      const silence = (silences.get(bank) ?? 0) + 1;
      silences.set(bank, silence);
      const level = silence === WORTH_A_WARNING ? 'warn' : 'debug';
      log[level]({ bank, reason }, `the statement of ${bank} cannot be read; it is asked for again`);
    },
    halted(bank, reason, after) {
      haltedGauge.set({ bank, reason }, 1);
      stopped.set(bank, reason);
      log.error({ bank, after }, `the statement of ${bank} is not published any further: ${haltTexts[reason]}`);
    },
  };
}
