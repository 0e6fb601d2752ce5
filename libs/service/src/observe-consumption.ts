import type { ConsumptionObserver } from '#messaging';
import type { Log, Metrics } from '#telemetry';

/** Requests to the broker, and rebalances and restarts of the consumer, as metrics and log lines. */
export function observeConsumption(log: Log, metrics: Metrics): ConsumptionObserver {
  const rebalances = metrics.counter({
    name: 'consumer_rebalances_total',
    help: 'Rebalances of the consumer group.',
  });
  const restarts = metrics.counter({
    name: 'consumer_restarts_total',
    help: 'Consumers that crashed, were silent or had a batch rejected, and were replaced.',
  });
  const requests = metrics.counter({
    name: 'kafka_requests_total',
    help: 'Requests that a broker answered: Produce, Fetch, Heartbeat, OffsetCommit and others.',
    labels: ['request'],
  });
  return {
    onConsumption(lag) {
      metrics.gauge(
        {
          name: 'consumer_lag',
          help: 'Records in Kafka that the service has not processed, in this instance’s partitions, as of its last fetch.',
          labels: ['topic'],
        },
        (gauge) => {
          gauge.reset();
          for (const [topic, records] of lag()) gauge.set({ topic }, records);
        },
      );
    },
    onRequest: (request) => requests.inc({ request }),
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
