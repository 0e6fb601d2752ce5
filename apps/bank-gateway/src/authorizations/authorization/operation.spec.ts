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
import {
  appendAttempt,
  begin,
  isUnperformed,
  nextAction,
  openReversal,
  OPERATION_LEASE_MS,
  recordAttempts,
  recordInquiry,
  recordReversal,
  startReversal,
  takeOver,
  withdraw,
} from './operation.js';
import { compensationReference, refundIdOf, refundReference } from './reference.js';

const idempotent = [alder, birch];
const notIdempotent = [cedar, dogwood];
const movements = ['authorize', 'capture', 'refund'] as const;
const minuteMs = 60_000;
const stray = { bankId: 'cp_9', movement: 'capture', amount: usd(300) } as const;

describe('an operation', () => {
  it.each(['authorize', 'capture', 'void', 'refund'] as const)(
    'to %s succeeds by the bank’s yes, and keeps its id',
    (kind) => {
      const done = operation(kind, alder, yes[kind]);
      expect(done).toMatchObject({ phase: 'ended', end: { kind: 'succeeded', bankId: yes[kind].answer.bankId } });
      expect(outcomesOf(done)).toEqual(['performed']);
    },
  );

  it('keeps how long the call took, for people, once something is known of it', () => {
    const begun = operation('capture', alder, null);
    const outcome = yes.capture;
    const done = recordAttempts(begun, alder, [{ attemptId: begun.attempts[0]!.id, outcome, tookMs: 12.4 }], moment());
    expect(done.attempts).toMatchObject([{ outcome: 'performed', tookMs: 12 }]);
    expect(begun.attempts[0]).not.toHaveProperty('tookMs');
  });

  it.each(movements)('to %s is refused by the bank’s no', (kind) => {
    const done = operation(kind, cedar, no[kind]);
    expect(done).toMatchObject({ phase: 'ended', end: { kind: 'refused', code: (no[kind].answer as never)['code'] } });
  });

  it('is left to its holder for a lease when it has begun, the first time and every time after', () => {
    expect(operation('capture', alder, null).dueInMs).toBe(OPERATION_LEASE_MS);
    expect(operation('capture', alder, notProcessed, null).dueInMs).toBe(OPERATION_LEASE_MS);
    const loaded = { ...operation('capture', alder, timedOut), dueInMs: 0, version: 4 };
    expect(begin(loaded, alder, { version: 4 }, times(9))?.dueInMs).toBe(OPERATION_LEASE_MS);
  });

  it('that was not processed is attempted again, later each time', () => {
    const twice = operation('capture', cedar, notProcessed, notProcessed);
    expect(nextAction(twice, cedar, noon)).toBe('attempt');
    expect(twice.dueInMs).toBe(2_000);
  });

  it('that has ended wants nothing more', () => {
    expect(() => nextAction(operation('capture', cedar, yes.capture), cedar, noon)).toThrow('has ended');
  });
});

describe('rule 1: a definite no or "not processed" ends only its own attempt', () => {
  it.each(notIdempotent.flatMap((bank) => movements.map((kind) => ({ bank, kind }))))(
    'at $bank.name, which is not idempotent, a no to one attempt to $kind leaves another in doubt',
    ({ bank, kind }) => {
      const both = appendAttempt(operation(kind, bank, timedOut), times(1_000));
      const after = report(both, bank, no[kind]);
      expect(after).toMatchObject({ phase: 'open', end: null });
      expect(outcomesOf(after)).toEqual(['doubt', 'refused']);
      expect(nextAction(after, bank, noon)).toBe('inquire');
    },
  );

  it.each(notIdempotent.flatMap((bank) => (['capture', 'refund'] as const).map((kind) => ({ bank, kind }))))(
    'at $bank.name a $kind is asked for again, once no attempt is in doubt any more',
    ({ bank, kind }) => {
      const both = appendAttempt(operation(kind, bank, timedOut), times(1_000));
      const settled = recordInquiry(report(both, bank, no[kind]), bank, notFound(minuteMs), 1, moment());
      expect(outcomesOf(settled)).toEqual(['not_found', 'refused']);
      expect(nextAction(settled, bank, noon)).toBe('attempt');
      const again = report(appendAttempt(settled, times(minuteMs)), bank, no[kind]);
      expect(again.end).toEqual({ kind: 'refused', code: 'refused_by_bank' });
    },
  );

  it.each(idempotent)('at $name, which remembers its refusal by the reference, one ends the operation', (bank) => {
    const both = appendAttempt(operation('authorize', bank, timedOut), times(1_000));
    expect(report(both, bank, declined).end).toEqual({ kind: 'refused', code: 'lost_card' });
    const refund = appendAttempt(operation('refund', bank, timedOut), times(1_000));
    expect(report(refund, bank, no.refund).end).toEqual({ kind: 'refused', code: 'refused_by_bank' });
  });

  it.each(everyBank)('at $name "not processed" settles nothing for an attempt in doubt', (bank) => {
    const both = appendAttempt(operation('authorize', bank, timedOut), times(1_000));
    const after = report(both, bank, notProcessed, { breakerOpen: true });
    expect(after).toMatchObject({ phase: 'open', doubtSince: noon });
  });
});

describe('rule 1: a request that the bank cannot read was not performed, and never will be', () => {
  const ends = {
    authorize: { kind: 'not_performed', reason: 'not_processed' },
    capture: { kind: 'refused', code: 'malformed' },
    refund: { kind: 'refused', code: 'malformed' },
  } as const;

  it.each(everyBank.flatMap((bank) => movements.map((kind) => ({ bank, kind }))))(
    'at $bank.name it is the end of a $kind of which no attempt is in doubt',
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
    'at $name an attempt in doubt before it is inquired about, then the bank is asked again',
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

  it('at alder that ends once the bank says that nothing has arrived, and nothing will', () => {
    const both = report(appendAttempt(operation('capture', alder, timedOut), times(1_000)), alder, malformed);
    const settled = recordInquiry(both, alder, notFound(minuteMs), 2, moment());
    expect(nextAction(settled, alder, noon)).toBe('attempt');
    expect(report(appendAttempt(settled, times(minuteMs)), alder, malformed).end).toEqual(ends.capture);
  });

  it.each(everyBank)('at $name a reversal that it cannot read is asked for until a person has looked', (bank) => {
    const reversing = startReversal(operation('authorize', bank, timedOut));
    const later = recordReversal(reversing, bank, malformed, moment(5 * minuteMs));
    expect(later).toMatchObject({ phase: 'reversing', reversals: 1, end: null });
    expect(recordReversal(later, bank, malformed, moment(10 * minuteMs)).needsAttention).toBe(true);
    const strayed = openReversal('ch_1', bank.name, stray);
    expect(recordReversal(strayed, bank, malformed, moment())).toMatchObject({ phase: 'reversing', end: null });
  });

  describe('what an older version recorded as doubt by its status', () => {
    const answered400 = { kind: 'doubt', reason: 'status_400' } as const;

    it.each(notIdempotent)('ends at $name when the bank cannot read the inquiry either', (bank) => {
      const doubted = operation('authorize', bank, answered400);
      expect(nextAction(doubted, bank, noon)).toBe('inquire');
      expect(recordInquiry(doubted, bank, malformed, 1, moment()).end).toEqual(ends.authorize);
    });

    it.each(idempotent)('ends at $name when it is asked again', (bank) => {
      expect(operation('authorize', bank, answered400, answered400, malformed).end).toEqual(ends.authorize);
    });

    it.each(everyBank)('ends at $name out of its reversal', (bank) => {
      const reversing = startReversal(operation('authorize', bank, answered400));
      const done = recordReversal(reversing, bank, malformed, moment());
      expect(done).toMatchObject({ phase: 'ended', end: ends.authorize });
      expect(outcomesOf(done)).toEqual(['refused']);
    });

    it('stays in doubt beside an attempt of which nobody knows anything', () => {
      const reversing = startReversal(operation('authorize', alder, answered400, timedOut));
      expect(recordReversal(reversing, alder, malformed, moment())).toMatchObject({ phase: 'reversing', end: null });
    });
  });
});

describe('rule 2: one reference, a new validity for every attempt', () => {
  it('keeps the reference and takes each validity from the bank’s clock of that moment', () => {
    const first = appendAttempt(opened('authorize', 'alder'), times(0));
    const second = appendAttempt(report(first, alder, timedOut), times(700));
    expect(second.reference).toBe('ch_1.authorize.alder');
    expect(second.attempts.map(({ id, validUntil }) => [id, validUntil - noon])).toEqual([
      ['ch_1.authorize.alder.1', 3_000],
      ['ch_1.authorize.alder.2', 3_700],
    ]);
  });

  it('names captures and voids by the charge alone: there is one of each', () => {
    expect(opened('capture', 'alder').reference).toBe('ch_1.capture');
    expect(opened('void', 'birch').reference).toBe('ch_1.void');
  });

  it('names a refund by its own id, and a stray by the bank’s: there may be several of each', () => {
    expect(refundReference('ch_1', 're_1')).toBe('ch_1.refund.re_1');
    expect(refundIdOf('ch_1.refund.re_1', 'ch_1')).toBe('re_1');
    expect(refundIdOf(compensationReference('ch_1'), 'ch_1')).toBeUndefined();
    expect(openReversal('ch_1', 'dogwood', stray).reference).toBe('ch_1.stray.cp_9');
  });
});

describe('rule 3: who may begin', () => {
  const held = { version: 7 };
  const waiting = { ...operation('capture', cedar, notProcessed), ...held };

  it('is who holds an open operation', () => {
    expect(begin(waiting, cedar, held, times(0))?.attempts).toHaveLength(2);
  });

  it('is not who lost it to somebody else', () => {
    expect(begin({ ...waiting, version: 8 }, cedar, held, times(0))).toBeUndefined();
  });

  it('is nobody once it is being reversed, or has ended', () => {
    const reversing = { ...startReversal(operation('authorize', alder, timedOut)), ...held };
    expect(begin(reversing, alder, held, times(0))).toBeUndefined();
    expect(begin({ ...operation('capture', cedar, yes.capture), ...held }, cedar, held, times(0))).toBeUndefined();
  });

  it.each(notIdempotent)('is nobody while an attempt is in doubt at $name, which would perform it twice', (bank) => {
    expect(begin({ ...operation('capture', bank, timedOut), ...held }, bank, held, times(0))).toBeUndefined();
    expect(begin({ ...operation('capture', bank, null), ...held }, bank, held, times(0))).toBeUndefined();
    expect(begin({ ...operation('refund', bank, timedOut), ...held }, bank, held, times(0))).toBeUndefined();
  });

  it.each(idempotent)('may be anybody who holds it at $name: in doubt, asking again is the best inquiry', (bank) => {
    const doubtful = { ...operation('capture', bank, timedOut), ...held };
    expect(nextAction(doubtful, bank, noon)).toBe('attempt');
    expect(begin(doubtful, bank, held, times(0))?.attempts).toHaveLength(2);
  });
});

describe('rule 4: what an inquiry may close', () => {
  const ask = (current: ReturnType<typeof operation>, bank: (typeof everyBank)[number], asOfMs: number) =>
    recordInquiry(current, bank, notFound(asOfMs), current.attempts.length, moment(asOfMs));

  it('at cedar "not found" is final past the attempt’s validity, on the bank’s clock, and not a moment before', () => {
    const doubtful = operation('capture', cedar, timedOut);
    expect(outcomesOf(ask(doubtful, cedar, 3_000))).toEqual(['doubt']);
    const settled = ask(doubtful, cedar, 3_001);
    expect(outcomesOf(settled)).toEqual(['not_found']);
    expect(settled).toMatchObject({ doubtSince: null, inquiries: 1 });
    expect(nextAction(settled, cedar, noon)).toBe('attempt');
  });

  it('at cedar a lagging inquiry shows an old time, and closes nothing', () => {
    const doubtful = operation('capture', cedar, timedOut);
    const lagging = { ...notFound(2_000), answer: { ...notFound(2_000).answer, now: noon + minuteMs } };
    expect(outcomesOf(recordInquiry(doubtful, cedar, lagging, 1, moment(minuteMs)))).toEqual(['doubt']);
  });

  it('at dogwood it is waited out for as long as a message can live', () => {
    const doubtful = operation('capture', dogwood, timedOut);
    expect(outcomesOf(ask(doubtful, dogwood, 15_000))).toEqual(['doubt']);
    expect(outcomesOf(ask(doubtful, dogwood, 15_001))).toEqual(['not_found']);
  });

  it('at birch it is never final: a message may be performed at any time', () => {
    expect(outcomesOf(ask(operation('capture', birch, timedOut), birch, 10 * minuteMs))).toEqual(['doubt']);
  });

  it('at alder it is final past the validity, should anybody ask', () => {
    expect(outcomesOf(ask(operation('capture', alder, timedOut), alder, 3_001))).toEqual(['not_found']);
  });

  it.each(notIdempotent)('at $name says nothing of an attempt that began after it was asked', (bank) => {
    const later = appendAttempt(operation('capture', bank, timedOut), times(0));
    const after = recordInquiry(later, bank, notFound(minuteMs), 1, moment(minuteMs));
    expect(outcomesOf(after)).toEqual(['not_found', 'begun']);
    expect(after.doubtSince).toBe(noon);
  });

  it('without an answer is only counted', () => {
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

  it.each(everyBank)('that finds a performance at $name is a yes, whatever it was looking for', (bank) => {
    const doubtful = operation('capture', bank, timedOut);
    const after = recordInquiry(doubtful, bank, found({ kind: 'capture', bankId: 'cp_9' }), 1, moment());
    expect(after.end).toEqual({ kind: 'succeeded', bankId: 'cp_9' });
  });

  it.each(notIdempotent)('about a refund at $name is a yes only by a refund', (bank) => {
    const doubtful = operation('refund', bank, timedOut);
    const ask = (kind: 'capture' | 'refund') =>
      recordInquiry(doubtful, bank, found({ kind, bankId: 'rf_9' }), 1, moment());
    expect(ask('capture').end).toBeNull();
    expect(ask('refund').end).toEqual({ kind: 'succeeded', bankId: 'rf_9' });
  });

  it.each(notIdempotent)('about a refund at $name is believed no sooner than about a capture', (bank) => {
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

  it('that finds an authorization undone has it reversed, so that nothing more of it arrives', () => {
    const undone = found({ undoneBy: 'rv_1' });
    const after = recordInquiry(operation('authorize', dogwood, timedOut), dogwood, undone, 1, moment());
    expect(after).toMatchObject({ phase: 'reversing', end: null });
  });

  it.each(['capture', 'refund'] as const)(
    'that finds a %s undone leaves it in doubt, for a person to look at',
    (kind) => {
      const undone = found({ kind, undoneBy: 'rv_1' });
      const after = recordInquiry(operation(kind, cedar, timedOut), cedar, undone, 1, moment(6 * minuteMs));
      expect(after).toMatchObject({ phase: 'open', needsAttention: true });
    },
  );
});

describe('rule 5: the first answer recorded is kept', () => {
  it('whoever writes it: a frozen worker’s answer ends what was taken over from it', () => {
    const takenOver = takeOver({ ...operation('capture', cedar, null), version: 5 }, moment());
    expect(outcomesOf(takenOver)).toEqual(['doubt']);
    expect(report(takenOver, cedar, yes.capture).end).toEqual({ kind: 'succeeded', bankId: 'cp_1' });
    const refund = takeOver({ ...operation('refund', dogwood, null), version: 5 }, moment());
    expect(report(refund, dogwood, yes.refund).end).toEqual({ kind: 'succeeded', bankId: 'rf_1' });
  });

  it.each(everyBank)('at $name an operation that has ended keeps its end', (bank) => {
    const done = operation('authorize', bank, declined);
    expect(report(done, bank, approved)).toBe(done);
    expect(recordInquiry(done, bank, found({}), 1, moment())).toBe(done);
    expect(recordReversal(done, bank, reversal({ state: 'reversed' }), moment())).toBe(done);
  });

  it('and of two reports at once the first counts', () => {
    const two = operation('authorize', alder, timedOut, null);
    const reports = [
      { attemptId: 'ch_1.authorize.alder.1', outcome: approved },
      { attemptId: 'ch_1.authorize.alder.2', outcome: answered({ state: 'approved', bankId: 'au_2' }) },
    ];
    expect(recordAttempts(two, alder, reports, moment()).end).toEqual({ kind: 'succeeded', bankId: 'au_1' });
  });

  it('even of an attempt that was closed before: the approval of what was "not found" is a yes', () => {
    const doubtful = operation('authorize', dogwood, timedOut);
    const settled = recordInquiry(doubtful, dogwood, notFound(15_001), 1, moment(15_001));
    const again = appendAttempt(settled, times(16_000));
    expect(report(again, dogwood, approved, { attempt: 1 }).end).toEqual({ kind: 'succeeded', bankId: 'au_1' });
  });

  it('late doubt does not put in doubt again what is settled', () => {
    const doubtful = operation('capture', cedar, timedOut);
    const settled = recordInquiry(doubtful, cedar, notFound(3_001), 1, moment(3_001));
    expect(outcomesOf(report(settled, cedar, timedOut, { attempt: 1 }))).toEqual(['not_found']);
  });
});

describe('rule 6: from reversing there is one way', () => {
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

  it('a decline that arrives later is ignored too, and so is what an inquiry finds', () => {
    const reversing = startReversal(operation('authorize', alder, timedOut));
    expect(report(reversing, alder, declined).phase).toBe('reversing');
    expect(recordInquiry(reversing, alder, found({}), 1, moment())).toBe(reversing);
  });

  it.each(everyBank)('an authorization at $name goes there after a minute of doubt on the bank’s clock', (bank) => {
    const doubtful = operation('authorize', bank, timedOut);
    expect(nextAction(doubtful, bank, noon + minuteMs - 1)).not.toBe('start_reversal');
    expect(nextAction(doubtful, bank, noon + minuteMs)).toBe('start_reversal');
    expect(startReversal(doubtful)).toMatchObject({ phase: 'reversing', dueInMs: 0 });
  });

  it('the minute begins anew when the doubt had been settled', () => {
    const settled = recordInquiry(operation('authorize', cedar, timedOut), cedar, notFound(30_000), 1, moment(30_000));
    const again = report(appendAttempt(settled, times(31_000)), cedar, timedOut, { atMs: 31_000 });
    expect(nextAction(again, cedar, noon + 61_000)).toBe('inquire');
    expect(nextAction(again, cedar, noon + 91_000)).toBe('start_reversal');
  });

  it.each(['capture', 'refund'] as const)('a %s never goes there: it ends only on a definite answer', (kind) => {
    for (const bank of notEmpty(everyBank)) {
      const asked = bank.idempotent ? 'attempt' : 'inquire';
      expect(nextAction(operation(kind, bank, timedOut), bank, noon + 1e9)).toBe(asked);
    }
    expect(() => startReversal(operation(kind, alder, timedOut))).toThrow('only an authorization');
  });
});

describe('rule 7: what acknowledges a reversal', () => {
  const reversing = (bank: (typeof everyBank)[number]) => startReversal(operation('authorize', bank, timedOut));
  const acknowledged = { kind: 'not_performed', reason: 'reversed_out_of_doubt' };

  it.each(
    everyBank.flatMap((bank) => ['reversed', 'already_reversed', 'remembered'].map((state) => ({ bank, state }))),
  )('at $bank.name: $state', ({ bank, state }) => {
    expect(recordReversal(reversing(bank), bank, reversal({ state }), moment()).end).toEqual(acknowledged);
  });

  it('at dogwood, which does not fence, "unknown" does once every attempt is older than any message lives', () => {
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

  it('at dogwood "unknown" is out of date when an approval has arrived since', () => {
    const late = report(reversing(dogwood), dogwood, approved);
    const unknown = reversal({ state: 'unknown', asOf: noon + minuteMs });
    expect(recordReversal(late, dogwood, unknown, moment()).phase).toBe('reversing');
  });

  it.each(everyBank)(
    'at $name nothing else does: it is asked again, ever later, and shown after five minutes',
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

  it.each(everyBank)('at $name when it is in doubt, and when its worker is gone', (bank) => {
    expect(operation('void', bank, timedOut)).toMatchObject({ phase: 'reversing', dueInMs: 0 });
    expect(takeOver(operation('void', bank, null), moment())).toMatchObject({ phase: 'reversing', dueInMs: 0 });
  });

  it('whose acknowledgement counts as voided', () => {
    const done = recordReversal(operation('void', cedar, no.void), cedar, reversal({ state: 'reversed' }), moment());
    expect(done.end).toEqual({ kind: 'succeeded', bankId: 'rv_1' });
  });

  it.each(everyBank)('and "unknown" at $name never: the authorization was the bank’s own', (bank) => {
    const unknown = reversal({ state: 'unknown', asOf: noon + 10 * minuteMs });
    expect(recordReversal(operation('void', bank, timedOut), bank, unknown, moment()).phase).toBe('reversing');
  });

  it('is not needed for a void that was never processed: that is sent again', () => {
    const waiting = operation('void', cedar, notProcessed);
    expect(nextAction(waiting, cedar, noon)).toBe('attempt');
  });

  it('has no inquiry before it', () => {
    expect(() => recordInquiry(operation('void', cedar, null), cedar, notFound(0), 1, moment())).toThrow('a void');
  });
});

describe('rule 10: what may be withdrawn is what is known not to have been performed', () => {
  it.each(everyBank)('at $name: never begun, not processed, never arrived', (bank) => {
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

  it.each(everyBank)('at $name not while one attempt of several is under way or in doubt', (bank) => {
    for (const outcomes of [[null], [timedOut], [notProcessed, null], [timedOut, notProcessed]]) {
      const live = operation('capture', bank, ...outcomes);
      expect(isUnperformed(live)).toBe(false);
      expect(() => withdraw(live)).toThrow('may have been performed');
    }
  });

  it('nor what has ended', () => {
    expect(isUnperformed(operation('capture', cedar, no.capture))).toBe(false);
  });

  it('and nothing begins of it any more, whoever holds it', () => {
    const withdrawn = withdraw({ ...opened('capture', 'alder'), version: 7 });
    expect(begin(withdrawn, alder, { version: 7 }, times(0))).toBeUndefined();
    expect(report(appendAttempt(withdrawn, times(0)), alder, yes.capture).end).toEqual(withdrawn.end);
  });
});

describe('rule 11: a stray is undone by the bank’s own id', () => {
  it.each(everyBank)('at $name it is committed to from the beginning, and nothing else is ever done', (bank) => {
    const undoing = openReversal('ch_1', bank.name, stray);
    expect(undoing).toMatchObject({ kind: 'reversal', phase: 'reversing', amountMinor: 300, attempts: [] });
    expect(nextAction(undoing, bank, noon)).toBe('reverse');
    expect(begin(undoing, bank, undoing, times(0))).toBeUndefined();
  });

  it.each(['reversed', 'already_reversed'])('ends when the bank says %s, with the id of what undid it', (state) => {
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
    'is asked for until then, and shown after five minutes: %j',
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

  it('an authorization that was never processed gives up at once when the breaker is open', () => {
    const waiting = operation('authorize', alder, null);
    expect(report(waiting, alder, notProcessed, { breakerOpen: true }).end).toEqual(givenUp);
    expect(report(waiting, alder, notProcessed).end).toBeNull();
  });

  it('so does one that has not begun', () => {
    const queued = opened('authorize', 'cedar');
    expect(recordAttempts(queued, cedar, [], moment(0, { breakerOpen: true })).end).toEqual(givenUp);
  });

  it('and one that six attempts did not get processed', () => {
    const five = operation('authorize', alder, ...Array<typeof notProcessed>(5).fill(notProcessed));
    expect(five.end).toBeNull();
    expect(report(appendAttempt(five, times(9)), alder, notProcessed).end).toEqual(givenUp);
  });

  it.each(everyBank)('never while an attempt may have arrived at $name', (bank) => {
    const doubtful = operation('authorize', bank, ...Array<typeof timedOut>(9).fill(timedOut));
    expect(report(doubtful, bank, timedOut, { breakerOpen: true }).end).toBeNull();
    expect(takeOver(operation('authorize', bank, null), moment(0, { breakerOpen: true })).end).toBeNull();
  });

  it.each(['capture', 'void', 'refund'] as const)('never for a %s, which waits for its bank', (kind) => {
    const often = operation(kind, alder, ...Array<typeof notProcessed>(9).fill(notProcessed));
    expect(report(often, alder, notProcessed, { breakerOpen: true })).toMatchObject({ end: null, phase: 'open' });
  });
});

describe('needing attention', () => {
  it.each(['capture', 'void', 'refund'] as const)(
    'a %s is shown after five minutes of trouble, and goes on',
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
  it.each(idempotent)('at $name starts from doubt, and asks again', (bank) => {
    const takenOver = takeOver(operation('authorize', bank, null), moment(5));
    expect(takenOver).toMatchObject({ doubtSince: noon + 5, dueInMs: 0 });
    expect(takenOver.attempts).toMatchObject([{ outcome: 'doubt', detail: 'taken_over' }]);
    expect(nextAction(takenOver, bank, noon)).toBe('attempt');
  });

  it.each(notIdempotent)('at $name starts from doubt, and inquires', (bank) => {
    expect(nextAction(takeOver(operation('authorize', bank, null), moment()), bank, noon)).toBe('inquire');
  });

  it('leaves alone what is known of earlier attempts', () => {
    expect(outcomesOf(takeOver(operation('capture', cedar, notProcessed, null), moment()))).toEqual([
      'not_processed',
      'doubt',
    ]);
  });

  it('of an attempt that was never sent ends its doubt when its first worker says so', () => {
    const takenOver = takeOver(operation('capture', cedar, null), moment());
    const after = report(takenOver, cedar, { kind: 'not_processed', reason: 'too_late' });
    expect(after.doubtSince).toBeNull();
    expect(nextAction(after, cedar, noon)).toBe('attempt');
  });
});
