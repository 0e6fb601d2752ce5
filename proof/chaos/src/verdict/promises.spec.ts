import { describe, expect, it } from '@jest/globals';
import { invariants } from '#checker';
import { notEmpty } from '#testing';
import { anExchange, unanswered } from '../testing/an-exchange.js';
import { runFacts } from '../testing/run-facts.js';
import { anAuthorization } from '../testing/an-authorization.js';
import { aCharge, aTransaction } from '../../../checker/src/testing/rows.js';
import { soundRun } from '../testing/sound-run.js';
import { everything } from '../workload/client-scripts.js';
import { judgeRun } from './judgements.js';
import { chaosPromises } from './promises.js';
import type { RunFacts } from './run-facts.js';

const sound = soundRun();
const brokenIn = (facts: RunFacts) =>
  judgeRun(facts).flatMap(({ id, lines }) => (lines.length > 0 ? [{ id, lines }] : []));

interface Planted {
  readonly what: string;
  readonly facts: RunFacts;
  /** Text in the first violation. */
  readonly says: string;
}

const attempt = (number: number) =>
  anAuthorization(number, {
    reference: 'ch_9.authorize.alder',
    attemptId: `ch_9.authorize.alder.${number}`,
    traceparent: 'one call',
    fault: { name: 'error', by: 'rule' },
  });
const readBack = (different: Partial<RunFacts['readBack']>) => ({ readBack: { ...sound.readBack, ...different } });
const also = (different: Parameters<typeof anExchange>[0]) => ({
  exchanges: [...sound.exchanges, anExchange({ number: 9, key: 'another', ...different })],
});
const foreign = { forbidden: 'foreign', account: 'acct_2', path: '/v1/charges/ch_1/capture' } as const;

/** For each promise of the chaos suite, runs that break it and no other. */
const planted: Readonly<Record<string, readonly Planted[]>> = {
  'A7 in time': [
    { what: 'never quiet', facts: soundRun({ quietAfterMs: undefined }), says: 'it never became quiet' },
    { what: 'quiet too late', facts: soundRun({ quietAfterMs: 60_501 }), says: 'it took 61 s' },
  ],
  'A9 API': [
    {
      what: 'a balance that is not the sum of its transactions',
      facts: soundRun(readBack({ balances: new Map([...sound.readBack.balances, ['acct_1', new Map([['usd', 1]])]]) })),
      says: 'acct_1: /v1/balance says 1 usd, the sum of its transactions is 1823',
    },
    {
      what: 'a balance without transactions',
      facts: soundRun(readBack({ balances: new Map([...sound.readBack.balances, ['acct_2', new Map([['jpy', 5]])]]) })),
      says: 'acct_2: /v1/balance says 5 jpy, the sum of its transactions is 0',
    },
    {
      what: 'a balance that leaves transactions out',
      facts: soundRun(readBack({ balances: new Map([['acct_1', new Map<string, number>()]]) })),
      says: 'acct_1: /v1/balance says 0 usd, the sum of its transactions is 1823',
    },
    {
      what: 'an error instead of a balance',
      facts: soundRun(readBack({ balances: new Map([...sound.readBack.balances, ['acct_2', undefined]]) })),
      says: 'acct_2: /v1/balance was not answered',
    },
    {
      what: 'transactions of an account outside this run',
      facts: soundRun({
        evidence: {
          balanceTransactions: [...sound.evidence.balanceTransactions, aTransaction('ch_9', { account: 'acct_9' })],
        },
      }),
      says: 'acct_9: /v1/balance was not answered',
    },
  ],
  'A10 fold': [
    {
      what: 'a row that differs from its fold',
      facts: soundRun({ projection: ['ch_1 differs'] }),
      says: 'ch_1 differs',
    },
  ],
  A11: [
    {
      what: 'a third attempt in one call',
      facts: soundRun({ journal: [...sound.journal, ...[1, 2, 3].map(attempt)] }),
      says: '3 attempts in one call',
    },
  ],
  A13: [
    {
      what: 'a lost charge',
      facts: soundRun(also({ body: '{"id": "ch_9", "object": "charge", "status": "pending"}' })),
      says: 'ch_9: its client was answered this id, but no database has it',
    },
    {
      what: 'a lost refund',
      facts: soundRun({ evidence: { refunds: [] } }),
      says: 're_1: its client was answered this id',
    },
  ],
  A14: [
    {
      what: 'a charge shown to another account',
      facts: soundRun(also({ ...foreign, method: 'GET', path: '/v1/charges/ch_1' })),
      says: 'request 9 (acct_2, GET /v1/charges/ch_1) is for another’s object, and was answered 200',
    },
    {
      what: 'a list that is not empty for another account',
      facts: soundRun(
        also({ ...foreign, method: 'GET', body: '{"object": "list", "data": [{"id": "re_1"}], "has_more": false}' }),
      ),
      says: 'is for another’s object, and was answered 200',
    },
    {
      what: 'an empty list with has_more for another account',
      facts: soundRun(also({ ...foreign, method: 'GET', body: '{"object": "list", "data": [], "has_more": true}' })),
      says: 'is for another’s object, and was answered 200',
    },
    {
      what: 'a capture by another account',
      facts: soundRun(also({ ...foreign, body: '{"id": "ch_1", "object": "charge"}' })),
      says: 'request 9 (acct_2, POST /v1/charges/ch_1/capture)',
    },
    {
      what: 'an error that reveals to another account that the charge exists',
      facts: soundRun(also({ ...foreign, status: 400, body: '{"error": {"code": "charge_already_captured"}}' })),
      says: 'was answered 400',
    },
    {
      what: 'a hostile request that succeeds',
      facts: soundRun(also({ forbidden: 'hostile', key: 'ch_1', body: '{"id": "ch_1", "object": "charge"}' })),
      says: 'request 9 (acct_1, POST /v1/charges) is hostile, and was answered 200',
    },
    {
      what: 'malformed HTTP that succeeds',
      facts: soundRun({ unreadable: [{ ...sound.unreadable[0]!, status: 200 }] }),
      says: 'request 7 (GARBAGE) was answered 200',
    },
  ],
  'A15 API': [
    {
      what: 'a failed charge that the API shows as succeeded',
      facts: soundRun({
        evidence: { charges: [...sound.evidence.charges, aCharge('ch_4', { state: 'failed' })] },
        ...readBack({
          charges: new Map([...sound.readBack.charges, ['ch_4', { status: 'succeeded', captured: false }]]),
        }),
      }),
      says: 'ch_4: failed, but the API says succeeded, captured false',
    },
    {
      what: 'a captured charge that the API shows as uncaptured',
      facts: soundRun(
        readBack({ charges: new Map([...sound.readBack.charges, ['ch_1', { status: 'succeeded', captured: false }]]) }),
      ),
      says: 'ch_1: succeeded, but the API says succeeded, captured false',
    },
    {
      what: 'a charge of an account outside this run',
      facts: soundRun({ evidence: { charges: [...sound.evidence.charges, aCharge('ch_9', { account: 'acct_9' })] } }),
      says: 'ch_9: belongs to acct_9, which is no account of this run',
    },
  ],
  'A16 enough': [
    {
      what: 'too few charges',
      facts: soundRun({ durationMs: 120_000, journal: [...sound.journal, ...sound.journal] }),
      says: '3 charges succeeded, at least 6 expected',
    },
    {
      what: 'charges without an authorization at a bank',
      facts: soundRun({ journal: [] }),
      says: '0 authorizations were requested at banks, at least 3 expected',
    },
    {
      what: 'no activity in a very short run',
      facts: runFacts({ traffic: { clients: 1, mix: everything }, durationMs: 0 }),
      says: '0 charges succeeded, at least 1 expected',
    },
  ],
  A18: [
    {
      what: 'a job that failed',
      facts: soundRun({ jobRuns: new Map([...sound.jobRuns, ['periodic_job_runs_total{outcome="failed"}', 2]]) }),
      says: 'periodic_job_runs_total{outcome="failed"}: 2 times',
    },
    { what: 'no job at all', facts: soundRun({ jobRuns: new Map() }), says: 'no periodic job succeeded' },
  ],
  unprovoked: [
    {
      what: 'a warning that no fault explains',
      facts: soundRun({
        logs: {
          ...sound.logs,
          warnings: [
            {
              atMs: sound.beganAt,
              level: 'warn',
              service: 'ledger',
              instance: 'ledger-2',
              message: 'something is odd',
            },
          ],
        },
      }),
      says: 'ledger-2 at 1970-01-01T00:16:40.000Z: warn: something is odd',
    },
    {
      what: 'an instance without a log',
      facts: soundRun({
        logs: {
          ...sound.logs,
          heardFrom: new Set([...sound.logs.heardFrom].filter((instance) => instance !== 'ledger-2')),
        },
      }),
      says: 'ledger-2: its log has no line',
    },
  ],
};

describe('a run', () => {
  it('is sound if no promise is broken', () => {
    expect(brokenIn(sound)).toEqual([]);
  });

  it('has a planted violation for each promise of the chaos suite', () => {
    expect(Object.keys(planted)).toEqual(chaosPromises.map(({ id }) => id));
    for (const [id, cases] of notEmpty(Object.entries(planted)))
      expect({ id, cases: cases.length }).not.toMatchObject({ cases: 0 });
  });

  it.each(Object.entries(planted).flatMap(([id, cases]) => cases.map((each) => ({ id, ...each }))))(
    'breaks only $id by $what',
    ({ id, facts, says }) => {
      expect(brokenIn(facts)).toEqual([{ id, lines: [expect.stringContaining(says)] }]);
    },
  );

  it('is sound if a forbidden request is shed, unanswered or shown an empty list, and if it is quiet just in time', () => {
    for (const status of [429, 409, 500, 503]) expect(brokenIn(soundRun(also({ ...foreign, status })))).toEqual([]);
    expect(brokenIn(soundRun({ exchanges: [...sound.exchanges, unanswered(foreign)] }))).toEqual([]);
    const nothing = also({ ...foreign, method: 'GET', body: '{"object": "list", "data": [], "has_more": false}' });
    expect(brokenIn(soundRun(nothing))).toEqual([]);
    expect(brokenIn(soundRun({ quietAfterMs: 60_000 }))).toEqual([]);
  });

  it('takes the charge of a pending answer for acknowledged, but not that of a failed one', () => {
    const answered = (status: number) =>
      soundRun(also({ status, body: '{"id": "ch_9", "object": "charge", "error": {"code": "x"}}' }));
    expect(brokenIn(answered(200)).map(({ id }) => id)).toEqual(['A13']);
    expect(brokenIn(answered(500))).toEqual([]);
  });
});

describe('the results of a run', () => {
  it('are those of the checker and of the chaos suite, each promise once, ordered by number', () => {
    const ids = judgeRun(sound).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...invariants, ...chaosPromises].map(({ id }) => id)));
    const numbers = ids.flatMap((id) => (id.startsWith('A') ? [Number.parseInt(id.slice(1), 10)] : []));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it.each(invariants.map(({ id, promise }) => ({ id, promise })))('include that $id is broken', ({ id, promise }) => {
    const violations = [{ id, promise, lines: ['ch_1: is wrong'] }];
    expect(brokenIn(soundRun({ verdict: { holds: false, charges: 3, violations } }))).toEqual([
      { id, lines: ['ch_1: is wrong'] },
    ]);
  });

  it('include a violation of a promise that is not on the checker’s list', () => {
    const violations = [{ id: 'A99', promise: 'a new one', lines: ['ch_1: is wrong'] }];
    expect(brokenIn(soundRun({ verdict: { holds: false, charges: 3, violations } }))).toMatchObject([{ id: 'A99' }]);
  });

  it('state the amount of evidence', () => {
    const looked = Object.fromEntries(judgeRun(sound).map((judged) => [judged.id, judged.looked]));
    expect(looked['A14']).toBe('1 requests for another’s object, 1 hostile requests, 1 malformed requests');
    expect(looked['A16 enough']).toContain('3 charges succeeded (least 3)');
    expect(looked['A11']).toContain('3 calls');
    expect(looked['A18']).toBe('40 runs succeeded');
  });
});
