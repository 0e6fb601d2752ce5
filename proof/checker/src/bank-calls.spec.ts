import { describe, expect, it } from '@jest/globals';
import type { bankProtocol } from '#contracts';
import { judgeBankCalls, type BankCalls } from './bank-calls.js';
import type { JournalLine } from './bank-request.js';
import { chanceOfAtLeast } from './binomial.js';

interface Sent {
  readonly operation: string;
  readonly number?: number;
  readonly call?: string;
  readonly bank?: bankProtocol.BankName;
  readonly fault?: bankProtocol.FaultName;
  readonly instance?: string;
  /** The account, if the charge has a fault token. */
  readonly tokenOf?: string;
  /** Latency until it arrives. */
  readonly arrivesAfterMs?: number;
}

/** Journal lines of a movement whose attempt began at `beganMs`. */
function movement(beganMs: number, sent: Sent): JournalLine {
  const { operation, number = 1, call = `${operation}-${number}`, bank = 'alder', fault, instance = 'gateway' } = sent;
  const token = sent.tokenOf && { account: sent.tokenOf, token: 'tok_fault_authorize_error' };
  return {
    type: 'request',
    bank,
    at: beganMs + (sent.arrivesAfterMs ?? 5),
    operation: 'authorize',
    reference: operation,
    validUntil: beganMs + 3_000,
    instanceId: instance,
    attemptId: `${operation}.${number}`,
    traceparent: call,
    ...(fault && { fault: { name: fault, by: 'rule' } }),
    ...token,
  };
}

function inquiry(atMs: number, operation: string, number: number): JournalLine {
  const { validUntil: _none, ...asked } = movement(atMs, {
    operation,
    number,
    bank: 'cedar',
    arrivesAfterMs: 0,
  }) as Extract<JournalLine, { type: 'request' }>;
  return { ...asked, operation: 'inquire', attemptId: `${operation}.inquiry.${number}`, traceparent: `ask-${number}` };
}

const judge = (evidence: Partial<BankCalls>) =>
  judgeBankCalls({ journal: [], moves: [], interruptions: [], heldBack: [], ...evidence });
const series = <T>(count: number, of: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => of(n));

describe('within a call', () => {
  const twice = (bank: bankProtocol.BankName, fault: bankProtocol.FaultName): JournalLine[] => [
    movement(0, { operation: 'ch_1', number: 1, call: 'c', bank, fault }),
    movement(100, { operation: 'ch_1', number: 2, call: 'c', bank }),
  ];

  it('an idempotent bank may get one retry', () => {
    const { lines, looked } = judge({ journal: twice('alder', 'drop_after') });
    expect(lines).toEqual([]);
    expect(looked).toMatchObject({ calls: 1, retries: 1, waits: 0 });
  });

  it('no bank may get a third attempt', () => {
    const journal = [...twice('alder', 'error'), movement(200, { operation: 'ch_1', number: 3, call: 'c' })];
    expect(judge({ journal }).lines).toEqual(['authorize at alder: ch_1.1, ch_1.2, ch_1.3: 3 attempts in one call']);
  });

  it('a bank that is not idempotent may get a retry only if it has not processed the first attempt', () => {
    expect(judge({ journal: twice('cedar', 'not_processed') }).lines).toEqual([]);
    expect(judge({ journal: twice('cedar', 'drop_after') }).lines).toEqual([
      expect.stringContaining('retried in one call, at a bank that is not idempotent'),
    ]);
    const refusal = { type: 'refusal', at: 6, bankId: 'b', operation: 'authorize', reference: 'ch_1' } as const;
    const expired = {
      ...refusal,
      bank: 'cedar',
      state: 'error',
      code: 'validity_expired',
      attemptId: 'ch_1.1',
    } as const;
    expect(judge({ journal: [...twice('cedar', 'latency'), expired] }).lines).toEqual([]);
  });
});

describe('the retry budget', () => {
  const retried = (
    calls: number,
    everyMs: number,
    repeated: (n: number) => boolean,
    tokenOf: (n: number) => string = () => '',
  ): JournalLine[] =>
    series(calls, (n) => {
      const sent = { operation: `ch_${n}`, call: `c${n}`, tokenOf: tokenOf(n) };
      return [
        movement(n * everyMs, sent),
        ...(repeated(n) ? [movement(n * everyMs + 50, { ...sent, number: 2 })] : []),
      ];
    }).flat();

  it('is ten retries in ten seconds if there are few calls', () => {
    expect(judge({ journal: retried(10, 700, () => true) }).lines).toEqual([]);
    expect(judge({ journal: retried(12, 600, () => true) }).lines).toEqual([
      'gateway at alder: 12 calls repeated in place within 8 s, of 10 at the most',
    ]);
  });

  it('is separate per account for charges with fault tokens', () => {
    const ofTwo = (n: number) => (n % 2 === 0 ? 'acct_1' : 'acct_2');
    expect(judge({ journal: retried(12, 600, () => true, ofTwo) }).lines).toEqual([]);
    const ofOneOnly = (n: number) => (n < 24 ? 'acct_1' : '');
    expect(judge({ journal: retried(48, 300, (n) => n < 24, ofOneOnly) }).lines).toEqual([
      'gateway at alder for acct_1: 24 calls repeated in place within 8 s, of 10 at the most',
    ]);
  });

  it('is a tenth of the calls if there are many', () => {
    expect(judge({ journal: retried(400, 20, (n) => n % 10 === 0) }).lines).toEqual([]);
    expect(judge({ journal: retried(400, 20, (n) => n % 4 === 0) }).lines).toHaveLength(1);
  });

  it('is reset by a restart of its process', () => {
    const interruptions = [{ instance: 'gateway', fromMs: 3_000, untilMs: 3_500 }];
    expect(judge({ journal: retried(12, 600, () => true), interruptions }).lines).toEqual([]);
  });

  it('counts calls by their beginning, not by their arrival', () => {
    const spread = series(30, (n) => [
      movement(n * 1_500, { operation: `ch_${n}`, call: `c${n}`, arrivesAfterMs: 60_000 - n * 1_500 }),
      movement(n * 1_500 + 90, { operation: `ch_${n}`, number: 2, call: `c${n}`, arrivesAfterMs: 60_000 - n * 1_500 }),
    ]).flat();
    expect(judge({ journal: spread }).lines).toEqual([]);
  });
});

describe('a breaker that its instance logged as open', () => {
  const lane = { instance: 'gateway', bank: 'alder', lane: 'movements' } as const;
  const moves = [
    { ...lane, atMs: 1_000, to: 'open' },
    { ...lane, atMs: 6_000, to: 'half_open' },
    { ...lane, atMs: 6_500, to: 'closed' },
  ] as const;
  const broken = (...journal: JournalLine[]) => judge({ journal, moves }).lines;

  it('may let nothing pass, and one probe when it is half-open', () => {
    expect(broken(movement(990, { operation: 'ch_1', arrivesAfterMs: 20 }))).toEqual([]);
    expect(broken(movement(6_100, { operation: 'ch_1' }), movement(6_501, { operation: 'ch_2' }))).toEqual([]);
  });

  it('is violated by a call that began and arrived meanwhile', () => {
    expect(broken(movement(2_000, { operation: 'ch_1' }))).toEqual([
      'gateway at alder (movements): 1 calls while its breaker was open: ch_1.1',
    ]);
    expect(broken(movement(6_100, { operation: 'ch_1' }), movement(6_200, { operation: 'ch_2' }))).toEqual([
      'gateway at alder (movements): 2 calls while its breaker was half-open: ch_1.1, ch_2.1',
    ]);
  });

  it('does not apply to other instances, other banks, or inquiries', () => {
    const [other, elsewhere] = [
      movement(2_000, { operation: 'ch_1', instance: 'gateway-2' }),
      movement(2_000, { operation: 'ch_2', bank: 'birch' }),
    ];
    expect(broken(other, elsewhere, { ...inquiry(4_000, 'ch_3', 1), bank: 'alder' })).toEqual([]);
  });

  it('applies to charges with fault tokens too, which do not count as its probe', () => {
    const tokenOf = 'acct_1';
    expect(broken(movement(2_000, { operation: 'ch_1', tokenOf }))).toEqual([
      'gateway at alder (movements): 1 calls while its breaker was open: ch_1.1',
    ]);
    const beside = [movement(6_100, { operation: 'ch_1' }), movement(6_200, { operation: 'ch_2', tokenOf })];
    expect(broken(...beside)).toEqual([]);
  });

  it('has the same rules if it is an account’s isolated breaker, and applies to no other account', () => {
    const own = moves.map((move) => ({ ...move, isolatedTo: 'acct_1' }));
    const lines = (...journal: JournalLine[]) => judge({ journal, moves: own }).lines;
    const others = [movement(2_000, { operation: 'ch_1' }), movement(2_100, { operation: 'ch_2', tokenOf: 'acct_2' })];
    expect(lines(...others)).toEqual([]);
    expect(lines(movement(2_000, { operation: 'ch_1', tokenOf: 'acct_1' }))).toEqual([
      'gateway at alder for acct_1 (movements): 1 calls while its breaker was open: ch_1.1',
    ]);
    const twice = [6_100, 6_200].map((ms) => movement(ms, { operation: `ch_${ms}`, tokenOf: 'acct_1' }));
    expect(lines(...twice)).toEqual([
      'gateway at alder for acct_1 (movements): 2 calls while its breaker was half-open: ch_6100.1, ch_6200.1',
    ]);
  });

  it('is not violated by a call that the network delayed, nor by a later process', () => {
    expect(broken(movement(500, { operation: 'ch_1', arrivesAfterMs: 3_000 }))).toEqual([]);
    const interruptions = [{ instance: 'gateway', fromMs: 1_500, untilMs: 1_800 }];
    const journal = [movement(2_000, { operation: 'ch_1' })];
    expect(judge({ journal, moves, interruptions }).lines).toEqual([]);
  });

  it('is checked for inquiries by arrival, minus the longest time until they are written', () => {
    const asked = moves.map((move) => ({ ...move, bank: 'cedar', lane: 'inquiries' }));
    const lines = (atMs: number) => judge({ journal: [inquiry(atMs, 'ch_1', 1)], moves: asked }).lines;
    expect(lines(2_900)).toEqual([]);
    expect(lines(4_000)).toHaveLength(1);
    const heldBack = [{ fromMs: 500, untilMs: 3_000 }];
    expect(judge({ journal: [inquiry(4_000, 'ch_1', 1)], moves: asked, heldBack }).lines).toEqual([]);
  });
});

describe('a bank that fails every call', () => {
  const failing = (...begansMs: number[]): JournalLine[] =>
    begansMs.map((ms, n) => movement(ms, { operation: `ch_${n}`, fault: 'error' }));
  const failingFor = (tokenOf: string, ...begansMs: number[]): JournalLine[] =>
    begansMs.map((ms, n) => movement(ms, { operation: `ch_${tokenOf}_${n}`, fault: 'error', tokenOf }));

  it('may get only a probe every five seconds after three consecutive failures', () => {
    const { lines, looked } = judge({ journal: failing(0, 10, 20, 5_100, 10_300, 15_500) });
    expect(lines).toEqual([]);
    expect(looked.failingStretches).toBe(1);
  });

  it('is called too often if no breaker opens, whatever the caller logged', () => {
    const { lines } = judge({ journal: failing(...series(20, (n) => n * 400)) });
    expect(lines).toEqual([expect.stringContaining('calls too soon after it had failed all before them')]);
  });

  it('is called too often for an account with fault tokens if no isolated breaker opens, although others are answered', () => {
    const answered = series(20, (n) => movement(n * 400 + 100, { operation: `ch_well_${n}` }));
    const tokens = failingFor('acct_1', ...series(20, (n) => n * 400));
    expect(judge({ journal: [...tokens, ...answered] }).lines).toEqual([
      expect.stringContaining('gateway at alder for acct_1: '),
    ]);
    const shared = [...failing(0, 10, 20), ...failingFor('acct_1', 2_000, 2_010, 2_020)];
    expect(judge({ journal: shared })).toMatchObject({ lines: [], looked: { failingStretches: 2 } });
  });

  it('may be called again for an account whose isolated breaker was evicted', () => {
    const tokens = (silentMs: number) => failingFor('acct_1', 0, 10, 20, ...series(6, (n) => 20 + silentMs + n * 400));
    expect(judge({ journal: tokens(61_000) }).lines).toEqual([]);
    expect(judge({ journal: tokens(50_000) }).lines).toHaveLength(1);
  });

  it('may be called again after a success, and by a new process', () => {
    const begun = series(20, (n) => n * 400);
    const answered = movement(2_010, { operation: 'ch_well' });
    expect(judge({ journal: [...failing(...begun.slice(0, 12)), answered] }).lines).toEqual([]);
    const interruptions = [{ instance: 'gateway', fromMs: 2_000, untilMs: 2_100 }];
    expect(judge({ journal: failing(...begun.slice(0, 12)), interruptions }).lines).toEqual([]);
  });
});

describe('backoff', () => {
  /** Forty operations with five attempts each. */
  const attempts = (waitMs: (ceilingMs: number, n: number) => number): JournalLine[] =>
    series(40, (n) => {
      let atMs = n * 100_000;
      return series(5, (k) => {
        atMs += k === 0 ? 0 : waitMs(500 * 2 ** (k - 1), n);
        return movement(atMs, { operation: `ch_${n}`, number: k + 1 });
      });
    }).flat();

  it('may be short now and then, as full jitter is', () => {
    const { lines, looked } = judge({ journal: attempts((ceilingMs, n) => (ceilingMs * n) / 40) });
    expect(lines).toEqual([]);
    expect(looked.waits).toBe(160);
  });

  it('is violated if nearly all waits are short', () => {
    const { lines } = judge({ journal: attempts(() => 40) });
    expect(lines).toEqual([expect.stringContaining('160 of 160 retries came within a tenth')]);
  });

  it('applies to inquiries too, except to the one at which "not found" becomes final', () => {
    const asked = (everyMs: number) =>
      series(20, (n) => [
        movement(n * 100_000, { operation: `ch_${n}`, bank: 'cedar' }),
        ...series(5, (k) => inquiry(n * 100_000 + 3_500 + k * everyMs, `ch_${n}`, k + 1)),
      ]).flat();
    expect(judge({ journal: asked(2_000) }).lines).toEqual([]);
    expect(judge({ journal: asked(30) }).lines).toHaveLength(1);
    const heldBack = [{ bank: 'cedar', fromMs: 0, untilMs: 3_000_000 }];
    expect(judge({ journal: asked(30), heldBack }).looked.waits).toBe(0);
    const first = series(40, (n) => [
      movement(n * 100_000, { operation: `ch_${n}`, bank: 'cedar' }),
      inquiry(n * 100_000 + 2_990, `ch_${n}`, 1),
      inquiry(n * 100_000 + 3_010, `ch_${n}`, 2),
    ]).flat();
    expect(judge({ journal: first })).toMatchObject({ lines: [], looked: { waits: 0 } });
  });
});

it('computes the probability of at least so many successes', () => {
  expect(chanceOfAtLeast(0, 0, 0.1)).toBe(1);
  expect(chanceOfAtLeast(1, 1, 0.1)).toBeCloseTo(0.1);
  expect(chanceOfAtLeast(2, 3, 0.5)).toBeCloseTo(0.5);
  expect(chanceOfAtLeast(160, 160, 0.1)).toBeLessThan(1e-100);
});
