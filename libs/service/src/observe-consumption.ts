import type { ConsumptionObserver } from '#messaging';
import type { Log, Metrics } from '#telemetry';

/** How a consumer gets on with its group: seldom news, and the first question when events of some charges stand still. */
export function observeConsumption(log: Log, metrics: Metrics): ConsumptionObserver {
  const rebalances = metrics.counter({
    name: 'consumer_rebalances_total',
    help: 'Times that the group shared its partitions out anew.',
  });
  const restarts = metrics.counter({
    name: 'consumer_restarts_total',
    help: 'Consumers that crashed, fell silent or had a batch rejected, and were replaced.',
  });
  return {
    onRebalance({ inHand }) {
      rebalances.inc();
      log.info({ inHand }, 'the group shares its partitions out anew');
    },
    onRestart({ error }) {
      restarts.inc();
      log.info({ err: error }, 'a consumer ended: another one joins the group');
    },
  };
}
