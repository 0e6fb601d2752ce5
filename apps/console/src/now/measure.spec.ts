import { describe, expect, it } from '@jest/globals';
import type { views } from '#contracts';
import { Measures, type Scrapes } from './measure.js';

const service: Scrapes['service'] = (instance) => instance.split('-')[0] as ReturnType<Scrapes['service']>;
const bank = (breaker: views.BankStateView['breakers'][string], untilProbeMs = 0): views.BankStateView => ({
  name: 'alder',
  networks: ['visa'],
  breakers: { movements: breaker, inquiries: 'closed' },
  untilProbeMs: { movements: untilProbeMs, inquiries: 0 },
  freeSlots: 60,
  inFlight: 4,
  retryBudget: { used: 2, allowed: 10 },
  isolated: { callers: 0, freeSlots: 64 },
  timeKnown: true,
});
const payments = (succeeded: number, failed: number) => `charges_settled_total{outcome="succeeded"} ${succeeded}
charges_settled_total{outcome="card_declined"} ${failed}
api_request_duration_seconds_bucket{le="0.1",route="POST /v1/charges",status="200"} ${succeeded}
api_request_duration_seconds_bucket{le="+Inf",route="POST /v1/charges",status="200"} ${succeeded}
outbox_oldest_pending_seconds 0.5
consumer_lag{topic="a"} 1
consumer_lag{topic="b"} 2`;
const gateway = (
  attempts: number,
) => `bank_attempts_total{bank="alder",operation="authorize",outcome="approved"} ${attempts}
bank_attempts_total{bank="alder",operation="capture",outcome="timeout"} ${attempts / 2}
bank_attempts_total{bank="alder",operation="statement",outcome="page"} 99
bank_operations_live{bank="alder",kind="capture",state="in_doubt"} 2
bank_operations_live{bank="alder",kind="capture",state="open"} 5`;

/** One round a second. */
function rounds(...texts: readonly (readonly [string, string | undefined][])[]) {
  const measures = new Measures();
  return texts.map((of, index) =>
    measures.take({
      at: 1_000 * (index + 1),
      texts: new Map(of),
      service,
      banks: [[bank('closed')], [bank('open', 3_000)]],
    }),
  );
}

describe('the numbers of a second', () => {
  it('come from what the counters grew by', () => {
    const [, second] = rounds(
      [
        ['payments-1', payments(10, 0)],
        ['gateway-1', gateway(10)],
      ],
      [
        ['payments-1', payments(13, 1)],
        ['gateway-1', gateway(14)],
      ],
    );
    expect(second!.flow).toMatchObject({
      chargesPerSecond: 4,
      succeededShare: 0.75,
      inDoubt: 2,
      underWay: 7,
      outboxAgeSeconds: 0.5,
      consumerLag: 3,
    });
    expect(second!.flow.p50Ms).toBeCloseTo(50);
    expect(second!.point.banks).toEqual({ alder: { attempts: 6, failures: 2 } });
  });

  it('are not known where nothing is answered', () => {
    const [, second] = rounds([['gateway-1', undefined]], [['gateway-1', undefined]]);
    expect(second!.flow).toMatchObject({
      succeededShare: null,
      p99Ms: null,
      inDoubt: null,
      outboxAgeSeconds: null,
      consumerLag: null,
    });
  });

  it('count operations once, though every gateway counts all of them', () => {
    const [first] = rounds([
      ['gateway-1', gateway(1)],
      ['gateway-2', gateway(1)],
    ]);
    expect(first!.flow.inDoubt).toBe(2);
  });

  it('show the worst breaker of the gateways, and what all of them have in flight', () => {
    const [, second] = rounds([['gateway-1', gateway(2)]], [['gateway-1', gateway(6)]]);
    expect(second!.banks).toEqual([
      {
        name: 'alder',
        networks: ['visa'],
        breaker: { state: 'open', probeInMs: 3_000 },
        inFlight: 8,
        slots: 128,
        retryBudget: { used: 4, allowed: 20 },
        outcomes: [
          { outcome: 'approved', kind: 'performed', count: 4 },
          { outcome: 'timeout', kind: 'failed', count: 2 },
        ],
        inDoubt: 2,
      },
    ]);
  });
});
