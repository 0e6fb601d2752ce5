import { expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { createLog, Metrics } from '#telemetry';
import { observeConsumption } from './observe-consumption.js';

it('counts requests and rebalances of a group, and logs how many deliveries were in progress', async () => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const metrics = new Metrics(new SystemClock());
  const observer = observeConsumption(createLog({ service: 's', instance: 'i', destination }), metrics);
  observer.onRequest!('Fetch');
  observer.onRebalance!({ group: 'ledger', inHand: 3 });
  observer.onRestart!({ group: 'ledger', error: new Error('nothing heard from it') });
  expect(lines.map(({ msg, inHand }) => [msg, inHand])).toEqual([
    ['the group shares its partitions out anew', 3],
    ['a consumer ended: another one joins the group', undefined],
  ]);
  observer.onConsumption!(() => new Map([['bank.events.ledger', 7]]));
  const text = await metrics.text();
  expect(text).toContain('kafka_requests_total{request="Fetch"} 1');
  expect(text).toContain('consumer_lag{topic="bank.events.ledger"} 7');
  expect(text).toContain('consumer_rebalances_total 1');
  expect(text).toContain('consumer_restarts_total 1');
});
