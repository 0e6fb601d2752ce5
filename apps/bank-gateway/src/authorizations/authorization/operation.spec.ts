import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { notEmpty } from '#testing';
import {
  answered,
  alder,
  approved,
  birch,
  cedar,
  declined,
  dogwood,
  everyBank,
  found,
  malformed,
  moment,
  no,
  noon,
  notFound,
  notProcessed,
  opened,
  operation,
  outcomesOf,
  report,
  reversal,
  timedOut,
  times,
  yes,
} from '../../../test/operation-under-test.js';
import { appendAttempt, begin, OPERATION_LEASE_MS, recordAttempts, takeOver } from './attempt.js';
import { isUnperformed, openReversal, startReversal, withdraw } from './operation.js';
import { nextAction } from './next-action.js';
import { recordInquiry } from './inquiry.js';
import { recordReversal } from './reversal.js';
import { compensationReference, refundIdOf, refundReference } from './reference.js';

const idempotent = [alder, birch];
const notIdempotent = [cedar, dogwood];
const movements = ['authorize', 'capture', 'refund'] as const;
const minuteMs = 60_000;
const stray = { bankId: 'cp_9', movement: 'capture', amount: usd(300) } as const;

describe('an operation', () => {
  it.each(['authorize', 'capture', 'void', 'refund'] as const)(
    'to %s succeeds by the bank’s answer, and keeps its id',
    (kind) => {
      const done = operation(kind, alder, yes[kind]);
      expect(done).toMatchObject({ phase: 'ended', end: { kind: 'succeeded', bankId: yes[kind].answer.bankId } });
      expect(outcomesOf(done)).toEqual(['performed']);
    },
  );

  it('records the duration of a call with its result', () => {
    const begun = operation('capture', alder, null);
    const outcome = yes.capture;
    const done = recordAttempts(begun, alder, [{ attemptId: begun.attempts[0]!.id, outcome, tookMs: 12.4 }], moment());
    expect(done.attempts).toMatchObject([{ outcome: 'performed', tookMs: 12 }]);
    expect(begun.attempts[0]).not.toHaveProperty('tookMs');
  });

  it.each(movements)('to %s is refused by the bank’s refusal', (kind) => {
    const done = operation(kind, cedar, no[kind]);
    expect(done).toMatchObject({ phase: 'ended', end: { kind: 'refused', code: (no[kind].answer as never)['code'] } });
  });

  it('is leased to its holder at every `begun`', () => {
    expect(operation('capture', alder, null).dueInMs).toBe(OPERATION_LEASE_MS);
    expect(operation('capture', alder, notProcessed, null).dueInMs).toBe(OPERATION_LEASE_MS);
    const loaded = { ...operation('capture', alder, timedOut), dueInMs: 0, version: 4 };
    expect(begin(loaded, alder, { version: 4 }, times(9))?.dueInMs).toBe(OPERATION_LEASE_MS);
  });

  it('that was not processed is retried, with growing backoff', () => {
    const twice = operation('capture', cedar, notProcessed, notProcessed);
    expect(nextAction(twice, cedar, noon)).toBe('attempt');
    expect(twice.dueInMs).toBe(2_000);
  });

  it('that has ended has no next action', () => {
    expect(() => nextAction(operation('capture', cedar, yes.capture), cedar, noon)).toThrow('has ended');
  });
});

describe('rule 1: a refusal or "not processed" ends only its own attempt', () => {
  it.each(notIdempotent.flatMap((bank) => movements.map((kind) => ({ bank, kind }))))(
    'at $bank.name, which is not idempotent, a refusal of one attempt to $kind leaves another in doubt',
    ({ bank, kind }) => {
      const both = appendAttempt(operation(kind, bank, timedOut), times(1_000));
      const after = report(both, bank, no[kind]);
      expect(after).toMatchObject({ phase: 'open', end: null });
      expect(outcomesOf(after)).toEqual(['doubt', 'refused']);
      expect(nextAction(after, bank, noon)).toBe('inquire');
    },
  );

  it.each(notIdempotent.flatMap((bank) => (['capture', 'refund'] as const).map((kind) => ({ bank, kind }))))(
    'at $bank.name a $kind is retried, once no attempt is in doubt any more',
    ({ bank, kind }) => {
      const both = appendAttempt(operation(kind, bank, timedOut), times(1_000));
      const settled = recordInquiry(report(both, bank, no[kind]), bank, notFound(minuteMs), 1, moment());
      expect(outcomesOf(settled)).toEqual(['not_found', 'refused']);
      expect(nextAction(settled, bank, noon)).toBe('attempt');
      const again = report(appendAttempt(settled, times(minuteMs)), bank, no[kind]);
      expect(again.end).toEqual({ kind: 'refused', code: 'refused_by_bank' });
    },
  );

  it.each(idempotent)(
    'at $name, which repeats its refusal for the reference, one refusal ends the operation',
    (bank) => {
      const both = appendAttempt(operation('authorize', bank, timedOut), times(1_000));
      expect(report(both, bank, declined).end).toEqual({ kind: 'refused', code: 'lost_card' });
      const refund = appendAttempt(operation('refund', bank, timedOut), times(1_000));
      expect(report(refund, bank, no.refund).end).toEqual({ kind: 'refused', code: 'refused_by_bank' });
    },
  );

  it.each(everyBank)('at $name "not processed" settles nothing for an attempt in doubt', (bank) => {
    const both = appendAttempt(operation('authorize', bank, timedOut), times(1_000));
    const after = report(both, bank, notProcessed, { breakerOpen: true });
    expect(after).toMatchObject({ phase: 'open', doubtSince: noon });
  });
});

describe('rule 1: a malformed request was not performed, and never will be', () => {
  const ends = {
    authorize: { kind: 'not_performed', reason: 'not_processed' },
    capture: { kind: 'refused', code: 'malformed' },
    refund: { kind: 'refused', code: 'malformed' },
  } as const;

  it.each(everyBank.flatMap((bank) => movements.map((kind) => ({ bank, kind }))))(
    'at $bank.name it ends a $kind without an attempt in doubt',
    ({ bank, kind }) => {
      const done = operation(kind, bank, notProcessed, malformed);
      expect(done).toMatchObject({ phase: 'ended', end: ends[kind] });
      expect(outcomesOf(done)).toEqual(['not_processed', 'refused']);
    },
  );

  it.each(everyBank)('at $name a void goes on to the reversal of its authorization', (bank) => {
    expect(operation('void', bank, malformed)).toMatchObject({ phase: 'reversing', dueInMs: 0 });
  });

  it.each(idempotent)(
    'at $name an earlier attempt in doubt is inquired about, then the operation is retried',
    (bank) => {
      const both = report(appendAttempt(operation('capture', bank, timedOut), times(1_000)), bank, malformed);
      expect(both).toMatchObject({ phase: 'open', end: null });
      expect(nextAction(both, bank, noon)).toBe('inquire');
      const performed = found({ kind: 'capture', reference: 'ch_1.capture' });
      expect(recordInquiry(both, bank, performed, 2, moment()).end).toEqual({ kind: 'succeeded', bankId: 'found_1' });
      const early = recordInquiry(both, bank, notFound(0), 2, moment());
      expect(nextAction(early, bank, noon)).toBe('attempt');
      expect(nextAction(report(appendAttempt(early, times(2_000)), bank, malformed), bank, noon)).toBe('inquire');
    },
  );

  it('at alder the operation ends once the bank’s "not found" is final', () => {
    const both = report(appendAttempt(operation('capture', alder, timedOut), times(1_000)), alder, malformed);
    const settled = recordInquiry(both, alder, notFound(minuteMs), 2, moment());
    expect(nextAction(settled, alder, noon)).toBe('attempt');
    expect(report(appendAttempt(settled, times(minuteMs)), alder, malformed).end).toEqual(ends.capture);
  });

  it.each(everyBank)('at $name a malformed reversal is retried, and needs attention', (bank) => {
    const reversing = startReversal(operation('authorize', bank, timedOut));
    const later = recordReversal(reversing, bank, malformed, moment(5 * minuteMs));
    expect(later).toMatchObject({ phase: 'reversing', reversals: 1, end: null });
    expect(recordReversal(later, bank, malformed, moment(10 * minuteMs)).needsAttention).toBe(true);
    const strayed = openReversal('ch_1', bank.name, stray);
    expect(recordReversal(strayed, bank, malformed, moment())).toMatchObject({ phase: 'reversing', end: null });
  });

  describe('a malformed attempt that an older version recorded as doubt', () => {
    const answered400 = { kind: 'doubt', reason: 'status_400' } as const;

    it.each(notIdempotent)('ends at $name when the inquiry is malformed too', (bank) => {
      const doubted = operation('authorize', bank, answered400);
      expect(nextAction(doubted, bank, noon)).toBe('inquire');
      expect(recordInquiry(doubted, bank, malformed, 1, moment()).end).toEqual(ends.authorize);
    });

    it.each(idempotent)('ends at $name when it is retried', (bank) => {
      expect(operation('authorize', bank, answered400, answered400, malformed).end).toEqual(ends.authorize);
    });

    it.each(everyBank)('ends at $name by its reversal', (bank) => {
      const reversing = startReversal(operation('authorize', bank, answered400));
      const done = recordReversal(reversing, bank, malformed, moment());
      expect(done).toMatchObject({ phase: 'ended', end: ends.authorize });
      expect(outcomesOf(done)).toEqual(['refused']);
    });

    it('stays in doubt beside another attempt in doubt', () => {
      const reversing = startReversal(operation('authorize', alder, answered400, timedOut));
      expect(recordReversal(reversing, alder, malformed, moment())).toMatchObject({ phase: 'reversing', end: null });
    });
  });
});

describe('rule 2: one reference, a new `validUntil` for every attempt', () => {
  it('keeps the reference and computes each `validUntil` from the bank’s clock', () => {
    const first = appendAttempt(opened('authorize', 'alder'), times(0));
    const second = appendAttempt(report(first, alder, timedOut), times(700));
    expect(second.reference).toBe('ch_1.authorize.alder');
    expect(second.attempts.map(({ id, validUntil }) => [id, validUntil - noon])).toEqual([
      ['ch_1.authorize.alder.1', 3_000],
      ['ch_1.authorize.alder.2', 3_700],
    ]);
  });

  it('names captures and voids by the charge: it has one of each', () => {
    expect(opened('capture', 'alder').reference).toBe('ch_1.capture');
    expect(opened('void', 'birch').reference).toBe('ch_1.void');
  });

  it('names a refund by its own id, and a stray by the bank’s: a charge may have several of each', () => {
    expect(refundReference('ch_1', 're_1')).toBe('ch_1.refund.re_1');
    expect(refundIdOf('ch_1.refund.re_1', 'ch_1')).toBe('re_1');
    expect(refundIdOf(compensationReference('ch_1'), 'ch_1')).toBeUndefined();
    expect(openReversal('ch_1', 'dogwood', stray).reference).toBe('ch_1.stray.cp_9');
  });
});

describe('rule 3: beginning an attempt', () => {
  const held = { version: 7 };
  const waiting = { ...operation('capture', cedar, notProcessed), ...held };

  it('is allowed to the holder of an open operation', () => {
    expect(begin(waiting, cedar, held, times(0))?.attempts).toHaveLength(2);
  });

  it('is refused to a former holder', () => {
    expect(begin({ ...waiting, version: 8 }, cedar, held, times(0))).toBeUndefined();
  });

  it('is refused once the operation is reversing, or has ended', () => {
    const reversing = { ...startReversal(operation('authorize', alder, timedOut)), ...held };
    expect(begin(reversing, alder, held, times(0))).toBeUndefined();
    expect(begin({ ...operation('capture', cedar, yes.capture), ...held }, cedar, held, times(0))).toBeUndefined();
  });

  it.each(notIdempotent)('is refused while an attempt is in doubt at $name, which would perform it twice', (bank) => {
    expect(begin({ ...operation('capture', bank, timedOut), ...held }, bank, held, times(0))).toBeUndefined();
    expect(begin({ ...operation('capture', bank, null), ...held }, bank, held, times(0))).toBeUndefined();
    expect(begin({ ...operation('refund', bank, timedOut), ...held }, bank, held, times(0))).toBeUndefined();
  });

  it.each(idempotent)('is allowed in doubt at $name: a retry is the best inquiry', (bank) => {
    const doubtful = { ...operation('capture', bank, timedOut), ...held };
    expect(nextAction(doubtful, bank, noon)).toBe('attempt');
    expect(begin(doubtful, bank, held, times(0))?.attempts).toHaveLength(2);
  });
});

describe('rule 4: the attempts that an inquiry may close', () => {
  const ask = (current: ReturnType<typeof operation>, bank: (typeof everyBank)[number], asOfMs: number) =>
    recordInquiry(current, bank, notFound(asOfMs), current.attempts.length, moment(asOfMs));

  it('at cedar "not found" is final after `validUntil` on the bank’s clock, and not before', () => {
    const doubtful = operation('capture', cedar, timedOut);
    expect(outcomesOf(ask(doubtful, cedar, 3_000))).toEqual(['doubt']);
    const settled = ask(doubtful, cedar, 3_001);
    expect(outcomesOf(settled)).toEqual(['not_found']);
    expect(settled).toMatchObject({ doubtSince: null, inquiries: 1 });
    expect(nextAction(settled, cedar, noon)).toBe('attempt');
  });

  it('at cedar a lagging inquiry has an old time, and closes nothing', () => {
    const doubtful = operation('capture', cedar, timedOut);
    const lagging = { ...notFound(2_000), answer: { ...notFound(2_000).answer, now: noon + minuteMs } };
    expect(outcomesOf(recordInquiry(doubtful, cedar, lagging, 1, moment(minuteMs)))).toEqual(['doubt']);
  });

  it('at dogwood it is final after the longest lifetime of a message', () => {
    const doubtful = operation('capture', dogwood, timedOut);
    expect(outcomesOf(ask(doubtful, dogwood, 15_000))).toEqual(['doubt']);
    expect(outcomesOf(ask(doubtful, dogwood, 15_001))).toEqual(['not_found']);
  });

  it('at birch it is never final: a message may be performed at any time', () => {
    expect(outcomesOf(ask(operation('capture', birch, timedOut), birch, 10 * minuteMs))).toEqual(['doubt']);
  });

  it('at alder it is final after `validUntil`', () => {
    expect(outcomesOf(ask(operation('capture', alder, timedOut), alder, 3_001))).toEqual(['not_found']);
  });

  it.each(notIdempotent)('at $name closes no attempt that began after the inquiry was sent', (bank) => {
    const later = appendAttempt(operation('capture', bank, timedOut), times(0));
    const after = recordInquiry(later, bank, notFound(minuteMs), 1, moment(minuteMs));
    expect(outcomesOf(after)).toEqual(['not_found', 'begun']);
    expect(after.doubtSince).toBe(noon);
  });

  it('only counts an inquiry without an answer', () => {
    const doubtful = operation('capture', cedar, timedOut);
    const after = recordInquiry(doubtful, cedar, timedOut, 1, moment(10_000));
    expect(after).toMatchObject({ inquiries: 1, phase: 'open' });
    expect(outcomesOf(after)).toEqual(['doubt']);
  });

  it.each([
    { bank: cedar, finalInMs: 3_050, name: 'cedar' },
    { bank: dogwood, finalInMs: 15_050, name: 'dogwood' },
  ])('is asked again at $name no later than its "not found" can be final', ({ bank, finalInMs }) => {
    const slow = { ...moment(), delayMs: () => 30_000 };
    const doubtful = recordAttempts(
      operation('capture', bank, null),
      bank,
      [{ attemptId: 'ch_1.capture.1', outcome: timedOut }],
      slow,
    );
    expect(doubtful.dueInMs).toBe(finalInMs);
    expect(recordInquiry(doubtful, bank, timedOut, 1, { ...slow, bankNow: noon + minuteMs }).dueInMs).toBe(30_000);
  });

  it.each(everyBank)('ends the operation with a performance that it finds at $name', (bank) => {
    const doubtful = operation('capture', bank, timedOut);
    const after = recordInquiry(doubtful, bank, found({ kind: 'capture', bankId: 'cp_9' }), 1, moment());
    expect(after.end).toEqual({ kind: 'succeeded', bankId: 'cp_9' });
  });

  it.each(notIdempotent)('ends a refund at $name only with a refund', (bank) => {
    const doubtful = operation('refund', bank, timedOut);
    const ask = (kind: 'capture' | 'refund') =>
      recordInquiry(doubtful, bank, found({ kind, bankId: 'rf_9' }), 1, moment());
    expect(ask('capture').end).toBeNull();
    expect(ask('refund').end).toEqual({ kind: 'succeeded', bankId: 'rf_9' });
  });

  it.each(notIdempotent)('closes a refund at $name no sooner than a capture', (bank) => {
    const finalMs = bank.enforcesValidUntil ? 3_000 : bank.maxTransitMs;
    expect(outcomesOf(ask(operation('refund', bank, timedOut), bank, finalMs))).toEqual(['doubt']);
    expect(outcomesOf(ask(operation('refund', bank, timedOut), bank, finalMs + 1))).toEqual(['not_found']);
  });

  it('keeps the first standing performance of several', () => {
    const twice = found(
      { kind: 'capture', bankId: 'cp_1', undoneBy: 'rv_1' },
      { kind: 'capture', bankId: 'cp_2' },
      { kind: 'capture', bankId: 'cp_3' },
    );
    const after = recordInquiry(operation('capture', dogwood, timedOut), dogwood, twice, 1, moment());
    expect(after.end).toEqual({ kind: 'succeeded', bankId: 'cp_2' });
  });

  it('reverses an authorization that it finds undone, so that no late message performs it', () => {
    const undone = found({ undoneBy: 'rv_1' });
    const after = recordInquiry(operation('authorize', dogwood, timedOut), dogwood, undone, 1, moment());
    expect(after).toMatchObject({ phase: 'reversing', end: null });
  });

  it.each(['capture', 'refund'] as const)('leaves a %s that it finds undone in doubt, for an operator', (kind) => {
    const undone = found({ kind, undoneBy: 'rv_1' });
    const after = recordInquiry(operation(kind, cedar, timedOut), cedar, undone, 1, moment(6 * minuteMs));
    expect(after).toMatchObject({ phase: 'open', needsAttention: true });
  });
});

describe('rule 5: the first answer recorded is kept', () => {
  it('from any worker: a frozen worker’s answer ends an operation that was taken over from it', () => {
    const takenOver = takeOver({ ...operation('capture', cedar, null), version: 5 }, moment());
    expect(outcomesOf(takenOver)).toEqual(['doubt']);
    expect(report(takenOver, cedar, yes.capture).end).toEqual({ kind: 'succeeded', bankId: 'cp_1' });
    const refund = takeOver({ ...operation('refund', dogwood, null), version: 5 }, moment());
    expect(report(refund, dogwood, yes.refund).end).toEqual({ kind: 'succeeded', bankId: 'rf_1' });
  });

  it.each(everyBank)('at $name an ended operation keeps its end', (bank) => {
    const done = operation('authorize', bank, declined);
    expect(report(done, bank, approved)).toBe(done);
    expect(recordInquiry(done, bank, found({}), 1, moment())).toBe(done);
    expect(recordReversal(done, bank, reversal({ state: 'reversed' }), moment())).toBe(done);
  });

  it('and the first of two reports counts', () => {
    const two = operation('authorize', alder, timedOut, null);
    const reports = [
      { attemptId: 'ch_1.authorize.alder.1', outcome: approved },
      { attemptId: 'ch_1.authorize.alder.2', outcome: answered({ state: 'approved', bankId: 'au_2' }) },
    ];
    expect(recordAttempts(two, alder, reports, moment()).end).toEqual({ kind: 'succeeded', bankId: 'au_1' });
  });

  it('also for an attempt that was closed before: an approval after "not found" succeeds', () => {
    const doubtful = operation('authorize', dogwood, timedOut);
    const settled = recordInquiry(doubtful, dogwood, notFound(15_001), 1, moment(15_001));
    const again = appendAttempt(settled, times(16_000));
    expect(report(again, dogwood, approved, { attempt: 1 }).end).toEqual({ kind: 'succeeded', bankId: 'au_1' });
  });

  it('late doubt does not reopen a settled attempt', () => {
    const doubtful = operation('capture', cedar, timedOut);
    const settled = recordInquiry(doubtful, cedar, notFound(3_001), 1, moment(3_001));
    expect(outcomesOf(report(settled, cedar, timedOut, { attempt: 1 }))).toEqual(['not_found']);
  });
});

describe('rule 6: `reversing` leads only to its end', () => {
  it.each(everyBank)('at $name an approval that arrives later is ignored', (bank) => {
    const reversing = startReversal(operation('authorize', bank, timedOut));
    const after = report(reversing, bank, approved);
    expect(after).toMatchObject({ phase: 'reversing', end: null });
    expect(nextAction(after, bank, noon)).toBe('reverse');
    expect(recordReversal(after, bank, reversal({ state: 'reversed' }), moment()).end).toEqual({
      kind: 'not_performed',
      reason: 'reversed_out_of_doubt',
    });
  });

  it('a decline or an inquiry’s answer that arrives later is ignored too', () => {
    const reversing = startReversal(operation('authorize', alder, timedOut));
    expect(report(reversing, alder, declined).phase).toBe('reversing');
    expect(recordInquiry(reversing, alder, found({}), 1, moment())).toBe(reversing);
  });

  it.each(everyBank)('an authorization at $name is reversed after a minute of doubt on the bank’s clock', (bank) => {
    const doubtful = operation('authorize', bank, timedOut);
    expect(nextAction(doubtful, bank, noon + minuteMs - 1)).not.toBe('start_reversal');
    expect(nextAction(doubtful, bank, noon + minuteMs)).toBe('start_reversal');
    expect(startReversal(doubtful)).toMatchObject({ phase: 'reversing', dueInMs: 0 });
  });

  it('the minute restarts when the doubt was settled in between', () => {
    const settled = recordInquiry(operation('authorize', cedar, timedOut), cedar, notFound(30_000), 1, moment(30_000));
    const again = report(appendAttempt(settled, times(31_000)), cedar, timedOut, { atMs: 31_000 });
    expect(nextAction(again, cedar, noon + 61_000)).toBe('inquire');
    expect(nextAction(again, cedar, noon + 91_000)).toBe('start_reversal');
  });

  it.each(['capture', 'refund'] as const)('a %s is never reversed: it ends only on a definite answer', (kind) => {
    for (const bank of notEmpty(everyBank)) {
      const action = bank.idempotent ? 'attempt' : 'inquire';
      expect(nextAction(operation(kind, bank, timedOut), bank, noon + 1e9)).toBe(action);
    }
    expect(() => startReversal(operation(kind, alder, timedOut))).toThrow('only an authorization');
  });
});

describe('rule 7: the acknowledgement of a reversal', () => {
  const reversing = (bank: (typeof everyBank)[number]) => startReversal(operation('authorize', bank, timedOut));
  const acknowledged = { kind: 'not_performed', reason: 'reversed_out_of_doubt' };

  it.each(
    everyBank.flatMap((bank) => ['reversed', 'already_reversed', 'remembered'].map((state) => ({ bank, state }))),
  )('at $bank.name: $state', ({ bank, state }) => {
    expect(recordReversal(reversing(bank), bank, reversal({ state }), moment()).end).toEqual(acknowledged);
  });

  it('at dogwood, which does not fence, "unknown" counts once every attempt is older than the longest lifetime of a message', () => {
    const young = recordReversal(
      reversing(dogwood),
      dogwood,
      reversal({ state: 'unknown', asOf: noon + 15_000 }),
      moment(),
    );
    expect(young).toMatchObject({ phase: 'reversing', reversals: 1, dueInMs: 1_000 });
    const old = recordReversal(young, dogwood, reversal({ state: 'unknown', asOf: noon + 15_001 }), moment());
    expect(old.end).toEqual(acknowledged);
  });

  it('at dogwood the youngest attempt decides, settled or not', () => {
    const two = startReversal(operation('authorize', dogwood, timedOut, notProcessed));
    const unknown = (asOfMs: number) => reversal({ state: 'unknown', asOf: noon + asOfMs });
    expect(recordReversal(two, dogwood, unknown(15_500), moment()).phase).toBe('reversing');
    expect(recordReversal(two, dogwood, unknown(16_001), moment()).phase).toBe('ended');
  });

  it('at dogwood "unknown" is outdated when an approval has arrived since', () => {
    const late = report(reversing(dogwood), dogwood, approved);
    const unknown = reversal({ state: 'unknown', asOf: noon + minuteMs });
    expect(recordReversal(late, dogwood, unknown, moment()).phase).toBe('reversing');
  });

  it.each(everyBank)(
    'at $name nothing else counts: it is retried with backoff, and needs attention after five minutes',
    (bank) => {
      const refusedOnce = recordReversal(reversing(bank), bank, reversal({ state: 'refused' }), moment());
      expect(refusedOnce).toMatchObject({ phase: 'reversing', dueInMs: 1_000, needsAttention: false });
      const silent = recordReversal(refusedOnce, bank, timedOut, moment(5 * minuteMs));
      expect(silent).toMatchObject({ phase: 'reversing', dueInMs: 2_000, needsAttention: true });
      expect(recordReversal(silent, bank, reversal({ state: 'reversed' }), moment())).toMatchObject({
        phase: 'ended',
        needsAttention: false,
      });
    },
  );
});

describe('rule 9: a refused or doubtful void is followed by the reversal of its authorization', () => {
  it.each(everyBank)('at $name when it was refused', (bank) => {
    expect(operation('void', bank, no.void)).toMatchObject({ phase: 'reversing', end: null, dueInMs: 0 });
    expect(operation('void', bank, notProcessed, no.void)).toMatchObject({ phase: 'reversing' });
  });

  it.each(everyBank)('at $name when it is in doubt, and when its worker has crashed', (bank) => {
    expect(operation('void', bank, timedOut)).toMatchObject({ phase: 'reversing', dueInMs: 0 });
    expect(takeOver(operation('void', bank, null), moment())).toMatchObject({ phase: 'reversing', dueInMs: 0 });
  });

  it('whose acknowledgement counts as voided', () => {
    const done = recordReversal(operation('void', cedar, no.void), cedar, reversal({ state: 'reversed' }), moment());
    expect(done.end).toEqual({ kind: 'succeeded', bankId: 'rv_1' });
  });

  it.each(everyBank)('and "unknown" at $name never counts: the bank had performed the authorization', (bank) => {
    const unknown = reversal({ state: 'unknown', asOf: noon + 10 * minuteMs });
    expect(recordReversal(operation('void', bank, timedOut), bank, unknown, moment()).phase).toBe('reversing');
  });

  it('is not needed for a void that was not processed: it is retried', () => {
    const waiting = operation('void', cedar, notProcessed);
    expect(nextAction(waiting, cedar, noon)).toBe('attempt');
  });

  it('has no inquiry before it', () => {
    expect(() => recordInquiry(operation('void', cedar, null), cedar, notFound(0), 1, moment())).toThrow('a void');
  });
});

describe('rule 10: only an operation that is known not to have been performed may be withdrawn', () => {
  it.each(everyBank)('at $name: never begun, not processed, or not found', (bank) => {
    const never = opened('capture', bank.name);
    const refusedLate = report(appendAttempt(operation('capture', cedar, timedOut), times(9)), cedar, no.capture);
    const settled = recordInquiry(refusedLate, cedar, notFound(minuteMs), 1, moment());
    for (const waiting of [never, operation('capture', bank, notProcessed), settled]) {
      expect(isUnperformed(waiting)).toBe(true);
      expect(withdraw(waiting)).toMatchObject({
        phase: 'ended',
        end: { kind: 'not_performed', reason: 'not_processed' },
      });
    }
  });

  it.each(everyBank)('at $name not while one of several attempts is in flight or in doubt', (bank) => {
    for (const outcomes of [[null], [timedOut], [notProcessed, null], [timedOut, notProcessed]]) {
      const live = operation('capture', bank, ...outcomes);
      expect(isUnperformed(live)).toBe(false);
      expect(() => withdraw(live)).toThrow('may have been performed');
    }
  });

  it('nor an ended operation', () => {
    expect(isUnperformed(operation('capture', cedar, no.capture))).toBe(false);
  });

  it('and afterwards no attempt begins, for any holder', () => {
    const withdrawn = withdraw({ ...opened('capture', 'alder'), version: 7 });
    expect(begin(withdrawn, alder, { version: 7 }, times(0))).toBeUndefined();
    expect(report(appendAttempt(withdrawn, times(0)), alder, yes.capture).end).toEqual(withdrawn.end);
  });
});

describe('rule 11: a stray is reversed by the bank’s own id', () => {
  it.each(everyBank)('at $name it is `reversing` from the beginning, and has no other action', (bank) => {
    const undoing = openReversal('ch_1', bank.name, stray);
    expect(undoing).toMatchObject({ kind: 'reversal', phase: 'reversing', amountMinor: 300, attempts: [] });
    expect(nextAction(undoing, bank, noon)).toBe('reverse');
    expect(begin(undoing, bank, undoing, times(0))).toBeUndefined();
  });

  it.each(['reversed', 'already_reversed'])('ends when the bank answers %s, with the id of the reversal', (state) => {
    const reversals = [
      { bankId: 'rv_7', reverses: 'rf_1' },
      { bankId: 'rv_8', reverses: 'cp_9' },
    ];
    const done = recordReversal(
      openReversal('ch_1', 'dogwood', stray),
      dogwood,
      reversal({ state, bankId: 'rv_7', reversals }),
      moment(),
    );
    expect(done.end).toEqual({ kind: 'succeeded', bankId: 'rv_8' });
  });

  it.each([timedOut, reversal({ state: 'refused' }), reversal({ state: 'unknown', asOf: noon + 10 * minuteMs })])(
    'is retried until then, and needs attention after five minutes: %j',
    (outcome) => {
      const once = recordReversal(openReversal('ch_1', 'dogwood', stray), dogwood, outcome, moment());
      expect(once).toMatchObject({ phase: 'reversing', reversals: 1, dueInMs: 1_000, needsAttention: false });
      const often = recordReversal(once, dogwood, outcome, moment(5 * minuteMs));
      expect(often).toMatchObject({ phase: 'reversing', needsAttention: true });
    },
  );
});

describe('giving up', () => {
  const givenUp = { kind: 'not_performed', reason: 'not_processed' };

  it('ends an authorization that was never processed at once when the breaker is open', () => {
    const waiting = operation('authorize', alder, null);
    expect(report(waiting, alder, notProcessed, { breakerOpen: true }).end).toEqual(givenUp);
    expect(report(waiting, alder, notProcessed).end).toBeNull();
  });

  it('ends one that has not begun, too', () => {
    const queued = opened('authorize', 'cedar');
    expect(recordAttempts(queued, cedar, [], moment(0, { breakerOpen: true })).end).toEqual(givenUp);
  });

  it('ends one after six attempts that were not processed', () => {
    const five = operation('authorize', alder, ...Array<typeof notProcessed>(5).fill(notProcessed));
    expect(five.end).toBeNull();
    expect(report(appendAttempt(five, times(9)), alder, notProcessed).end).toEqual(givenUp);
  });

  it.each(everyBank)('never ends one while an attempt may have arrived at $name', (bank) => {
    const doubtful = operation('authorize', bank, ...Array<typeof timedOut>(9).fill(timedOut));
    expect(report(doubtful, bank, timedOut, { breakerOpen: true }).end).toBeNull();
    expect(takeOver(operation('authorize', bank, null), moment(0, { breakerOpen: true })).end).toBeNull();
  });

  it.each(['capture', 'void', 'refund'] as const)('never ends a %s, which waits for its bank', (kind) => {
    const often = operation(kind, alder, ...Array<typeof notProcessed>(9).fill(notProcessed));
    expect(report(often, alder, notProcessed, { breakerOpen: true })).toMatchObject({ end: null, phase: 'open' });
  });
});

describe('needing attention', () => {
  it.each(['capture', 'void', 'refund'] as const)(
    'a %s needs attention after five minutes of failures, and is still retried',
    (kind) => {
      const troubled = operation(kind, alder, notProcessed);
      expect(report(appendAttempt(troubled, times(0)), alder, notProcessed, { atMs: 299_999 }).needsAttention).toBe(
        false,
      );
      const shown = report(appendAttempt(troubled, times(0)), alder, notProcessed, { atMs: 300_000 });
      expect(shown).toMatchObject({ needsAttention: true, end: null });
      expect(nextAction(shown, alder, noon)).toBe('attempt');
      expect(report(appendAttempt(shown, times(0)), alder, yes[kind])).toMatchObject({ needsAttention: false });
    },
  );
});

describe('taking over', () => {
  it.each(idempotent)('at $name starts from doubt, and retries', (bank) => {
    const takenOver = takeOver(operation('authorize', bank, null), moment(5));
    expect(takenOver).toMatchObject({ doubtSince: noon + 5, dueInMs: 0 });
    expect(takenOver.attempts).toMatchObject([{ outcome: 'doubt', detail: 'taken_over' }]);
    expect(nextAction(takenOver, bank, noon)).toBe('attempt');
  });

  it.each(notIdempotent)('at $name starts from doubt, and inquires', (bank) => {
    expect(nextAction(takeOver(operation('authorize', bank, null), moment()), bank, noon)).toBe('inquire');
  });

  it('does not change earlier attempts', () => {
    expect(outcomesOf(takeOver(operation('capture', cedar, notProcessed, null), moment()))).toEqual([
      'not_processed',
      'doubt',
    ]);
  });

  it('of an attempt that was never sent: its first worker’s report ends the doubt', () => {
    const takenOver = takeOver(operation('capture', cedar, null), moment());
    const after = report(takenOver, cedar, { kind: 'not_processed', reason: 'too_late' });
    expect(after.doubtSince).toBeNull();
    expect(nextAction(after, cedar, noon)).toBe('attempt');
  });
});
