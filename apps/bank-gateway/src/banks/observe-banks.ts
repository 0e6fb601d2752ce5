import type { BankCallObserver } from '#bank-call';
import type { Log, Metrics } from '#telemetry';

/** Logs and counts transitions of breakers; counts and measures attempts. */
export function observeBanks(log: Log, metrics: Metrics): BankCallObserver {
  const attempts = metrics.counter({
    name: 'bank_attempts_total',
    help: 'Attempts at a bank by operation and outcome.',
    labels: ['bank', 'operation', 'outcome'],
  });
  const durations = metrics.histogram({
    name: 'bank_attempt_seconds',
    help: 'Time of an attempt on the wire.',
    labels: ['bank', 'operation'],
  });
  const transitions = metrics.counter({
    name: 'bank_breaker_transitions_total',
    help: 'Transitions of a breaker.',
    labels: ['bank', 'lane', 'from', 'to'],
  });
  const isolatedTransitions = metrics.counter({
    name: 'bank_isolated_breaker_transitions_total',
    help: 'Transitions of isolated breakers, for charges with fault tokens.',
    labels: ['bank', 'lane', 'from', 'to'],
  });
  const inFlight = metrics.gauge({
    name: 'bank_in_flight',
    help: 'Calls in flight in the bulkhead.',
    labels: ['bank'],
  });
  const isolatedInFlight = metrics.gauge({
    name: 'bank_isolated_in_flight',
    help: 'Calls in flight for charges with fault tokens, of all accounts.',
    labels: ['bank'],
  });
  const exhausted = metrics.counter({
    name: 'bank_retry_budget_exhausted_total',
    help: 'Retries that the retry budget of the bank refused.',
    labels: ['bank'],
  });
  return {
    attemptEnded({ bank, operation, outcome, durationMs }) {
      attempts.inc({ bank, operation, outcome: outcome.kind === 'answered' ? outcome.answer.state : outcome.reason });
      durations.observe({ bank, operation }, durationMs / 1_000);
    },
    transitioned({ bank, lane, isolatedTo: account, from, to, cause }) {
      if (account !== undefined) {
        // No label for the account: their number is not bounded.
        isolatedTransitions.inc({ bank, lane, from, to });
        log.info(
          { bank, lane, account, from, to, cause },
          `an isolated breaker of ${bank} (${lane}) went from ${from} to ${to}`,
        );
        return;
      }
      transitions.inc({ bank, lane, from, to });
      const level = to === 'open' ? 'warn' : 'info';
      log[level]({ bank, lane, from, to, cause }, `the breaker of ${bank} (${lane}) went from ${from} to ${to}`);
    },
    inFlightChanged: (bank, count) => inFlight.set({ bank }, count),
    isolatedInFlightChanged: (bank, count) => isolatedInFlight.set({ bank }, count),
    retryBudgetExhausted: (bank) => exhausted.inc({ bank }),
  };
}
