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
  /** What the violation says; of several, the first. */
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

/** For each promise of this suite's own, runs that break it and nothing else. */
const planted: Readonly<Record<string, readonly Planted[]>> = {
  'A7 in time': [
    { what: 'never quiet', facts: soundRun({ quietAfterMs: undefined }), says: 'it never became quiet' },
    { what: 'quiet too late', facts: soundRun({ quietAfterMs: 60_501 }), says: 'it took 61 s' },
  ],
  'A9 told': [
    {
      what: 'a balance of another sum',
      facts: soundRun(readBack({ balances: new Map([...sound.readBack.balances, ['acct_1', new Map([['usd', 1]])]]) })),
      says: 'acct_1: /v1/balance says 1 usd, the sum of its transactions is 1823',
    },
    {
      what: 'a balance without transactions',
      facts: soundRun(readBack({ balances: new Map([...sound.readBack.balances, ['acct_2', new Map([['jpy', 5]])]]) })),
      says: 'acct_2: /v1/balance says 5 jpy, the sum of its transactions is 0',
    },
    {
      what: 'transactions that the balance leaves out',
      facts: soundRun(readBack({ balances: new Map([['acct_1', new Map<string, number>()]]) })),
      says: 'acct_1: /v1/balance says 0 usd, the sum of its transactions is 1823',
    },
    {
      what: 'an error instead of a balance',
      facts: soundRun(readBack({ balances: new Map([...sound.readBack.balances, ['acct_2', undefined]]) })),
      says: 'acct_2: /v1/balance was not told',
    },
    {
      what: 'money of an account that is not of this run',
      facts: soundRun({
        evidence: {
          balanceTransactions: [...sound.evidence.balanceTransactions, aTransaction('ch_9', { account: 'acct_9' })],
        },
      }),
      says: 'acct_9: /v1/balance was not told',
    },
  ],
  'A10 fold': [
    { what: 'a row that does not follow', facts: soundRun({ projection: ['ch_1 differs'] }), says: 'ch_1 differs' },
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
      what: 'a charge that is gone',
      facts: soundRun(also({ body: '{"id": "ch_9", "object": "charge", "status": "pending"}' })),
      says: 'ch_9: its client was told of it, and it is not there',
    },
    {
      what: 'a refund that is gone',
      facts: soundRun({ evidence: { refunds: [] } }),
      says: 're_1: its client was told of it',
    },
  ],
  A14: [
    {
      what: 'a stranger who is shown a charge',
      facts: soundRun(also({ ...foreign, method: 'GET', path: '/v1/charges/ch_1' })),
      says: 'request 9 (acct_2, GET /v1/charges/ch_1) asks for another’s object, and was answered 200',
    },
    {
      what: 'a stranger who finds something in a list',
      facts: soundRun(
        also({ ...foreign, method: 'GET', body: '{"object": "list", "data": [{"id": "re_1"}], "has_more": false}' }),
      ),
      says: 'asks for another’s object, and was answered 200',
    },
    {
      what: 'a stranger who learns that there is more',
      facts: soundRun(also({ ...foreign, method: 'GET', body: '{"object": "list", "data": [], "has_more": true}' })),
      says: 'asks for another’s object, and was answered 200',
    },
    {
      what: 'a stranger who may capture',
      facts: soundRun(also({ ...foreign, body: '{"id": "ch_1", "object": "charge"}' })),
      says: 'request 9 (acct_2, POST /v1/charges/ch_1/capture)',
    },
    {
      what: 'a stranger who learns that there is such a charge',
      facts: soundRun(also({ ...foreign, status: 400, body: '{"error": {"code": "charge_already_captured"}}' })),
      says: 'was answered 400',
    },
    {
      what: 'a hostile request that succeeds',
      facts: soundRun(also({ forbidden: 'hostile', key: 'ch_1', body: '{"id": "ch_1", "object": "charge"}' })),
      says: 'request 9 (acct_1, POST /v1/charges) is hostile, and was answered 200',
    },
    {
      what: 'bytes that are no HTTP and succeed',
      facts: soundRun({ unreadable: [{ ...sound.unreadable[0]!, status: 200 }] }),
      says: 'request 7 (GARBAGE) was answered 200',
    },
  ],
  'A15 read': [
    {
      what: 'a charge that failed, and is said to have succeeded',
      facts: soundRun({
        evidence: { charges: [...sound.evidence.charges, aCharge('ch_4', { state: 'failed' })] },
        ...readBack({
          charges: new Map([...sound.readBack.charges, ['ch_4', { status: 'succeeded', captured: false }]]),
        }),
      }),
      says: 'ch_4: failed, and the API says succeeded, captured false',
    },
    {
      what: 'a charge that is said not to be captured',
      facts: soundRun(
        readBack({ charges: new Map([...sound.readBack.charges, ['ch_1', { status: 'succeeded', captured: false }]]) }),
      ),
      says: 'ch_1: succeeded, and the API says succeeded, captured false',
    },
    {
      what: 'a charge of an account that is not of this run',
      facts: soundRun({ evidence: { charges: [...sound.evidence.charges, aCharge('ch_9', { account: 'acct_9' })] } }),
      says: 'ch_9: is of acct_9, which is no account of this run',
    },
  ],
  'A16 enough': [
    {
      what: 'too few charges',
      facts: soundRun({ durationMs: 120_000, journal: [...sound.journal, ...sound.journal] }),
      says: '3 charges succeeded, at least 6 expected',
    },
    {
      what: 'charges that no bank was asked for',
      facts: soundRun({ journal: [] }),
      says: '0 authorizations were asked for at banks, at least 3 expected',
    },
    {
      what: 'nothing at all, however short',
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
    { what: 'no job at all', facts: soundRun({ jobRuns: new Map() }), says: 'no run of a periodic job was seen' },
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
      what: 'an instance whose log says nothing',
      facts: soundRun({
        logs: {
          ...sound.logs,
          heardFrom: new Set([...sound.logs.heardFrom].filter((instance) => instance !== 'ledger-2')),
        },
      }),
      says: 'ledger-2: nothing of its log was read',
    },
  ],
};

describe('a run', () => {
  it('is sound when all was done that was asked for', () => {
    expect(brokenIn(sound)).toEqual([]);
  });

  it('has a planted violation for each promise of its own', () => {
    expect(Object.keys(planted)).toEqual(chaosPromises.map(({ id }) => id));
    for (const [id, cases] of notEmpty(Object.entries(planted)))
      expect({ id, cases: cases.length }).not.toMatchObject({ cases: 0 });
  });

  it.each(Object.entries(planted).flatMap(([id, cases]) => cases.map((each) => ({ id, ...each }))))(
    'breaks $id, and nothing else, with $what',
    ({ id, facts, says }) => {
      expect(brokenIn(facts)).toEqual([{ id, lines: [expect.stringContaining(says)] }]);
    },
  );

  it('forgives a stranger who was shed, not answered or shown nothing, and one who is quiet just in time', () => {
    for (const status of [429, 409, 500, 503]) expect(brokenIn(soundRun(also({ ...foreign, status })))).toEqual([]);
    expect(brokenIn(soundRun({ exchanges: [...sound.exchanges, unanswered(foreign)] }))).toEqual([]);
    const nothing = also({ ...foreign, method: 'GET', body: '{"object": "list", "data": [], "has_more": false}' });
    expect(brokenIn(soundRun(nothing))).toEqual([]);
    expect(brokenIn(soundRun({ quietAfterMs: 60_000 }))).toEqual([]);
  });

  it('is told of a charge by a pending answer as well, and by none that has failed', () => {
    const told = (status: number) =>
      soundRun(also({ status, body: '{"id": "ch_9", "object": "charge", "error": {"code": "x"}}' }));
    expect(brokenIn(told(200)).map(({ id }) => id)).toEqual(['A13']);
    expect(brokenIn(told(500))).toEqual([]);
  });
});

describe('the judgements of a run', () => {
  it('are the checker’s promises and the suite’s own, each once, by number', () => {
    const ids = judgeRun(sound).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...invariants, ...chaosPromises].map(({ id }) => id)));
    const numbers = ids.flatMap((id) => (id.startsWith('A') ? [Number.parseInt(id.slice(1), 10)] : []));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it.each(invariants.map(({ id, promise }) => ({ id, promise })))('pass on that $id is broken', ({ id, promise }) => {
    const violations = [{ id, promise, lines: ['ch_1: is wrong'] }];
    expect(brokenIn(soundRun({ verdict: { holds: false, charges: 3, violations } }))).toEqual([
      { id, lines: ['ch_1: is wrong'] },
    ]);
  });

  it('pass on what the checker found beyond its list', () => {
    const violations = [{ id: 'A99', promise: 'a new one', lines: ['ch_1: is wrong'] }];
    expect(brokenIn(soundRun({ verdict: { holds: false, charges: 3, violations } }))).toMatchObject([{ id: 'A99' }]);
  });

  it('say how much there was to look at', () => {
    const looked = Object.fromEntries(judgeRun(sound).map((judged) => [judged.id, judged.looked]));
    expect(looked['A14']).toBe('1 attempts by strangers, 1 hostile requests, 1 that cannot be read');
    expect(looked['A16 enough']).toContain('3 charges succeeded (least 3)');
    expect(looked['A11']).toContain('3 calls');
    expect(looked['A18']).toBe('40 runs succeeded');
  });
});
