import { describe, expect, it } from '@jest/globals';
import type { ChargeEvidence, RefundEvidence } from '#checker';
import { notEmpty } from '#testing';
import { anExchange, captureOf, unanswered } from '../testing/an-exchange.js';
import { runFacts, type DifferentFacts } from '../testing/run-facts.js';
import { anAuthorization } from '../testing/an-authorization.js';
import { aCharge, aRefund } from '../../../checker/src/testing/rows.js';
import type { RecordedExchange } from '../workload/exchange.js';
import type { StoryName } from '../workload/client-scripts.js';
import { enough } from './enough.js';

const three = <T>(of: (n: number) => T): T[] => [1, 2, 3].map(of);
const exchange = (different: Parameters<typeof anExchange>[0]): RecordedExchange[] =>
  three((n) => anExchange({ number: n, key: `key-${n}`, ...different }));

const charged = (state: ChargeEvidence['state']) => ({
  evidence: { charges: three((n) => aCharge(`ch_${n}`, { state })) },
});
const refunded = (state: RefundEvidence['state']) => ({
  evidence: { refunds: three((n) => aRefund(`re_${n}`, { state })) },
});
const exchanges = (different: Parameters<typeof anExchange>[0]) => ({ exchanges: exchange(different) });

interface Activity {
  /** The only story of the run's one client. */
  readonly story: StoryName;
  readonly what: string;
  /** A run with three of them, the minimum of a minute. */
  readonly done: DifferentFacts;
  /** Similar runs that must not count. */
  readonly not: readonly DifferentFacts[];
}

const activities: readonly Activity[] = [
  {
    story: 'charge',
    what: 'charges succeeded',
    done: charged('authorized'),
    not: [charged('failed'), charged('requested')],
  },
  {
    story: 'charge',
    what: 'authorizations were requested at banks',
    done: { journal: three((n) => anAuthorization(n * 1_000)) },
    not: [
      { journal: three((n) => anAuthorization(n * 1_000, { operation: 'capture' })) },
      { journal: three((n) => ({ type: 'fence', bank: 'alder', at: n, bankId: `b_${n}`, reference: `ch_${n}` })) },
    ],
  },
  {
    story: 'capture all',
    what: 'authorizations were captured',
    done: exchanges(captureOf('ch_1')),
    not: [
      exchanges({}),
      exchanges({ ...captureOf('ch_1'), status: 400 }),
      exchanges({ ...captureOf('ch_1'), body: '{"id": "ch_1", "object": "charge", "status": "pending"}' }),
      exchanges({ ...captureOf('ch_1'), key: 'one' }),
    ],
  },
  {
    story: 'cancel',
    what: 'authorizations were canceled',
    done: charged('canceled'),
    not: [charged('authorized'), charged('succeeded')],
  },
  {
    story: 'refund',
    what: 'refunds succeeded',
    done: refunded('succeeded'),
    not: [refunded('failed'), refunded('pending')],
  },
  {
    story: 'declined',
    what: 'cards were declined',
    done: exchanges({ status: 402 }),
    not: [exchanges({}), exchanges({ status: 400 }), exchanges({ status: 402, key: 'one' })],
  },
  {
    story: 'balance',
    what: 'reads were answered',
    done: exchanges({ method: 'GET' }),
    not: [exchanges({}), exchanges({ method: 'GET', status: 500 })],
  },
  {
    story: 'asked again later',
    what: 'answers were replayed',
    done: exchanges({ replayed: true }),
    not: [exchanges({}), exchanges({ replayed: true, key: 'one' })],
  },
  {
    story: 'hostile input',
    what: 'forbidden requests were answered',
    done: exchanges({ forbidden: 'hostile', status: 400 }),
    not: [exchanges({}), { exchanges: three((n) => unanswered({ number: n, forbidden: 'hostile' })) }],
  },
];

const missingIn = (story: StoryName, facts: DifferentFacts): string[] => {
  const { lines } = enough(runFacts({ traffic: { clients: 1, mix: { [story]: 1 } }, ...facts }));
  return lines.map((line) => line.replace(/^\d+ (.*), at least .*$/, '$1'));
};

describe('the minimum of activity in a run', () => {
  it.each(activities)('$story: $what', ({ story, what, done, not }) => {
    expect(missingIn(story, {})).toContain(what);
    expect(missingIn(story, done)).not.toContain(what);
    expect(missingIn(story, { ...done, durationMs: 81_000 })).toContain(what);
    for (const other of notEmpty(not)) expect(missingIn(story, other)).toContain(what);
  });

  it('is in proportion to clients and minutes, and zero for what no story does', () => {
    const least = (clients: number, durationMs: number): string[] => [
      ...enough(runFacts({ traffic: { clients, mix: { charge: 1 } }, durationMs })).lines,
    ];
    expect(least(14, 180_000)[0]).toBe('0 charges succeeded, at least 126 expected');
    expect(least(400, 60_000)[0]).toBe('0 charges succeeded, at least 60 expected');
    expect(least(400, 60_000)).toHaveLength(2);
    expect(enough(runFacts()).lines).toEqual([]);
  });
});
