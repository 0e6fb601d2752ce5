import { describe, expect, it } from '@jest/globals';
import { storyOf, type ChargeFacts } from '#charge-story';
import { notEmpty } from '#testing';
import {
  after,
  approved,
  bankOf,
  declinedCard,
  differenceAbout,
  entry,
  evidence,
  fee,
  gateway,
  held,
  key,
  ledger,
  operation,
  payments,
  request,
  theCharge,
  transfer,
  usd,
} from '../../../libs/charge-story/src/testing/given.js';
import { render } from './render.js';

const shown = (given: ChargeFacts, width = 100): string[] => render(storyOf(given)!, { width, colours: false });
/** Who and what, one line for each moment, however it is broken. */
const told = (given: ChargeFacts): string[] => storyOf(given)!.moments.map(({ who, text }) => `${who} ${text}`);
const verdict = (given: ChargeFacts): string => storyOf(given)!.verdict;

const captured = operation('capture', [[60, 'performed']], ['succeeded', 'capt_1']);
const posted = transfer(80, 'capture', 'ch_1.capture_succeeded', 2000, 'post');
const postedEvent = { type: 'posted', amount: usd(2000), fee: usd(88) } as const;
const succeededOnce = {
  payments: payments('succeeded', [[90, postedEvent]], [key('order-1', 90, [200, theCharge('succeeded')])]),
  gateway: gateway('captured', [approved, captured]),
  ledger: ledger('posted', [held, posted, fee(80)]),
};

describe('the story of a charge', () => {
  it('that succeeded goes from the request to the answer', () => {
    const given = evidence({
      ...succeededOnce,
      banks: [
        request(21, 'authorize', 'ch_1.authorize.alder.1'),
        entry(22, 'authorization', 'auth_1', { attempt: 'ch_1.authorize.alder.1' }),
        request(61, 'capture', 'ch_1.capture.1'),
        entry(62, 'capture', 'capt_1', { attempt: 'ch_1.capture.1', of: 'auth_1' }),
      ],
    });
    expect(shown(given)).toEqual([
      'ch_1 of acct_1',
      '20.00 usd from visa •••• 4242, to be captured at once. Times count from 2026-01-15 10:30:00.000 UTC.',
      '',
      '      0 ms  merchant      asks for 20.00 usd from visa •••• 4242 (key order-1, req_order-1)',
      '                          → payments.charge_requested',
      '     21 ms  bank-gateway  asks alder to authorize 20.00 usd: approved after 12 ms, as auth_1',
      '                          → bank.authorization_approved',
      '     40 ms  ledger        holds 20.00 usd for the merchant: a pending transfer  → ledger.hold_placed',
      '     61 ms  bank-gateway  asks alder to capture 20.00 usd: captured, as capt_1',
      '                          → bank.capture_succeeded',
      '     80 ms  ledger        posts 20.00 usd to the merchant, and takes the fee of 0.88 usd',
      '                          → ledger.charge_posted',
      '     90 ms  payments-api  hears that the money is posted: the charge succeeded',
      '     90 ms  merchant      is told 200: the charge is “succeeded” (for good, under key order-1)',
      '',
      'How it stands',
      '  payments-api        succeeded',
      '  bank-gateway        captured, at alder',
      '  ledger              hold posted',
      '  the banks’ journals capture of 20.00 usd stands (capt_1)',
      '',
      'Succeeded: alder captured 20.00 usd; 19.12 usd are the merchant’s after the fee.',
    ]);
  });

  it('whose card was declined says that nothing was held', () => {
    const given = evidence({
      payments: payments(
        'failed',
        [[40, { type: 'declined', code: 'insufficient_funds' }]],
        [key('order-1', 40, [402, declinedCard])],
      ),
      gateway: gateway('declined', [
        operation('authorize', [[20, 'refused', 'insufficient_funds']], ['refused', 'insufficient_funds']),
      ]),
    });
    expect(told(given)).toEqual([
      'merchant asks for 20.00 usd from visa •••• 4242 (key order-1, req_order-1)',
      'bank-gateway asks alder to authorize 20.00 usd: declined (insufficient_funds)',
      'payments-api hears that the card was declined: the charge failed',
      'merchant is told 402: card_declined, “Your card was declined.” (for good, under key order-1)',
    ]);
    expect(verdict(given)).toBe('Failed: alder declined the card (insufficient_funds); nothing was ever held.');
  });

  it('whose hold was refused says why, and that the bank gave it back', () => {
    const released = {
      type: 'released',
      cause: 'hold_refused',
      holdRefusal: 'account_frozen',
      refusalCode: null,
    } as const;
    const given = evidence({
      payments: payments('failed', [[90, released]]),
      gateway: gateway('voided', [approved, operation('void', [[60, 'performed']], ['succeeded', 'void_1'])], {
        releaseCause: 'hold_refused',
      }),
      ledger: ledger('released', [], { refusal: 'account_frozen', cause: 'hold_refused', changedAt: after(80) }),
    });
    expect(told(given)).toEqual([
      'merchant asks for 20.00 usd from visa •••• 4242 (key order-1)',
      'bank-gateway asks alder to authorize 20.00 usd: approved after 12 ms, as auth_1',
      'ledger refuses to hold the money, because the account is frozen',
      'bank-gateway asks alder to void the authorization: given back, as void_1',
      'ledger has no hold to release',
      'payments-api hears that nothing is held any more: the charge failed',
    ]);
    expect(verdict(given)).toBe(
      'Failed: the ledger refused to hold the money, because the account is frozen, so the authorization was voided at alder; nothing is held.',
    );
  });

  it('shows the void of a refused capture below the refusal, whatever the clocks say', () => {
    const given = evidence({
      gateway: gateway(
        'voiding',
        [
          approved,
          operation('capture', [[60, 'refused', 'refused_by_bank', 9]], ['refused', 'refused_by_bank']),
          operation('void', [[59, 'performed']], ['succeeded', 'void_1']),
        ],
        { releaseCause: 'capture_failed' },
      ),
    });
    const lines = shown(given);
    const refusal = lines.findIndex((line) => line.includes('to capture 20.00 usd: refused'));
    expect(refusal).not.toBe(-1);
    expect(lines.findIndex((line) => line.includes('to void the authorization'))).toBeGreaterThan(refusal);
  });

  it('whose capture was refused says what was undone, and by what', () => {
    const released = {
      type: 'released',
      cause: 'capture_failed',
      holdRefusal: null,
      refusalCode: 'refused_by_bank',
    } as const;
    const given = evidence({
      payments: payments('failed', [[110, released]], [key('order-1', 110, [402, declinedCard])]),
      gateway: gateway(
        'voided',
        [
          approved,
          operation('capture', [[60, 'refused', 'refused_by_bank', 9]], ['refused', 'refused_by_bank']),
          operation('void', [[80, 'performed']], ['succeeded', 'void_1']),
        ],
        { releaseCause: 'capture_failed' },
      ),
      ledger: ledger('released', [held, transfer(100, 'release', 'ch_1.authorization_voided', 2000, 'void')], {
        cause: 'capture_failed',
      }),
      banks: [
        entry(22, 'authorization', 'auth_1', { attempt: 'ch_1.authorize.alder.1' }),
        entry(81, 'void', 'void_1', { attempt: 'ch_1.void.1', of: 'auth_1' }),
      ],
    });
    expect(shown(given).slice(7)).toEqual([
      '     40 ms  ledger        holds 20.00 usd for the merchant: a pending transfer  → ledger.hold_placed',
      '    ~60 ms  bank-gateway  asks alder to capture 20.00 usd: refused after 9 ms',
      '    ~80 ms  bank-gateway  asks alder to void the authorization: given back, as void_1',
      '                          → bank.authorization_voided, undoes bank.authorization_approved',
      '    100 ms  ledger        releases the hold of 20.00 usd',
      '                          → ledger.charge_released, undoes ledger.hold_placed',
      '    110 ms  payments-api  hears that nothing is held any more: the charge failed',
      '    110 ms  merchant      is told 402: card_declined, “Your card was declined.” (for good, under key',
      '                          order-1)',
      '',
      'How it stands',
      '  payments-api        failed',
      '  bank-gateway        voided, at alder',
      '  ledger              hold released',
      '  the banks’ journals authorization of 20.00 usd undone (auth_1, by void_1)',
      '',
      'Failed: alder refused the capture, so the authorization was voided; nothing is held.',
    ]);
  });

  it('whose capture was in doubt says how that ended', () => {
    const given = evidence({
      ...succeededOnce,
      gateway: gateway('captured', [
        approved,
        operation('capture', [[60, 'doubt', 'reset']], ['succeeded', 'capt_1'], { inquiries: 1 }),
      ]),
      banks: [
        request(60, 'capture', 'ch_1.capture.1'),
        entry(61, 'capture', 'capt_1', { attempt: 'ch_1.capture.1' }),
        request(75, 'inquire', 'ch_1.capture.inquiry.1'),
      ],
    });
    expect(told(given).slice(3, 6)).toEqual([
      'bank-gateway asks alder to capture 20.00 usd: the connection broke before the answer. It may have happened: in doubt',
      'bank-gateway asks alder for the outcome',
      'alder says that 20.00 usd were captured, as capt_1: out of doubt',
    ]);
    expect(verdict(given)).toContain(
      'The outcome of the capture was in doubt until alder answered an inquiry; it was captured once.',
    );
  });

  it('whose authorization was reversed out of doubt says that nothing is held, whatever the bank had done', () => {
    const given = evidence({
      payments: payments('failed', [[62_000, { type: 'failed', reason: 'reversed_out_of_doubt' }]]),
      gateway: gateway('failed', [
        operation('authorize', [[20, 'doubt', 'timeout', 2_000]], ['not_performed', 'reversed_out_of_doubt'], {
          inquiries: 9,
          reversals: 1,
        }),
      ]),
      banks: [
        request(20, 'authorize', 'ch_1.authorize.alder.1'),
        request(2_500, 'inquire', 'ch_1.authorize.alder.inquiry.1'),
        request(50_000, 'inquire', 'ch_1.authorize.alder.inquiry.9'),
        entry(40_000, 'authorization', 'auth_1', { attempt: 'ch_1.authorize.alder.1' }),
        request(61_000, 'reverse', 'ch_1.authorize.alder.reversal.1'),
        entry(61_001, 'reversal', 'rvsl_1', { attempt: 'ch_1.authorize.alder.reversal.1', reverses: 'auth_1' }),
      ],
    });
    expect(told(given).slice(1)).toEqual([
      'bank-gateway asks alder to authorize 20.00 usd: no answer in time after 2.0 s. It may have happened: in doubt',
      'bank-gateway asks alder for the outcome',
      'alder writes down an authorization of 20.00 usd (auth_1)',
      'bank-gateway asks alder for the outcome, again and again: 9 times in all',
      'bank-gateway asks alder to reverse the authorization, whatever became of it',
      'alder acknowledges the reversal: nothing is set aside there, and nothing will be',
      'alder takes auth_1 back (rvsl_1)',
      'payments-api hears that nothing could be authorized: the charge failed',
    ]);
    expect(storyOf(given)!.standing.at(-1)!.text).toBe('authorization of 20.00 usd undone (auth_1, by rvsl_1)');
    expect(verdict(given)).toBe(
      'Failed: alder did not say whether it had authorized, so the authorization was reversed; nothing is held.',
    );
  });

  it('whose cancellation lost to a capture says which was first', () => {
    const given = evidence({
      payments: payments(
        'succeeded',
        [
          [45, { type: 'authorized' }],
          [1_000, { type: 'capture_requested', amount: usd(2000), key: 'take' }],
          [1_001, { type: 'cancellation_requested', cause: 'canceled', refund: { refundId: 're_1', key: 'leave' } }],
          [1_030, { type: 'cancellation_refused' }],
          [1_040, postedEvent],
        ],
        [key('take', 1_040, [200, theCharge('succeeded')])],
        { capture: 'manual' },
      ),
      gateway: gateway('captured', [approved, operation('capture', [[1_010, 'performed']], ['succeeded', 'capt_1'])], {
        capture: 'manual',
        cancellation: 'canceled',
      }),
      ledger: ledger('posted', [held, transfer(1_035, 'capture', 'ch_1.capture_succeeded', 2000, 'post'), fee(1_035)]),
    });
    expect(told(given).slice(3)).toEqual([
      'payments-api hears that the money is held: authorized',
      'merchant asks to capture 20.00 usd of it (key take, req_take)',
      'merchant cancels the authorization (re_1) (key leave)',
      'bank-gateway asks alder to capture 20.00 usd: captured, as capt_1',
      'bank-gateway refuses the cancellation: the charge was already captured',
      'payments-api hears that the cancellation came too late',
      'ledger posts 20.00 usd to the merchant, and takes the fee of 0.88 usd',
      'payments-api hears that the money is posted: the charge succeeded',
      'merchant is told 200: the charge is “succeeded” (for good, under key take)',
    ]);
    expect(verdict(given)).toContain('A cancellation came too late: the charge was already captured.');
  });

  it('captured in part, with two refunds, tells which of them the bank refused', () => {
    const refund = (refundId: string, amountMinor: number) =>
      ({ type: 'refund_requested', refundId, amount: usd(amountMinor), key: refundId }) as const;
    const given = evidence({
      payments: payments(
        'succeeded',
        [
          [45, { type: 'authorized' }],
          [100, { type: 'capture_requested', amount: usd(1500), key: 'take' }],
          [140, { type: 'posted', amount: usd(1500), fee: usd(74) }],
          [200, refund('re_1', 500)],
          [250, { type: 'refund_ended', refundId: 're_1', end: { type: 'posted' } }],
          [300, refund('re_2', 300)],
          [350, { type: 'refund_ended', refundId: 're_2', end: { type: 'released', code: 'refused_by_bank' } }],
        ],
        [],
        { capture: 'manual' },
      ),
      gateway: gateway(
        'captured',
        [
          approved,
          operation('capture', [[110, 'performed']], ['succeeded', 'capt_1'], { amount: usd(1500) }),
          operation('refund', [[220, 'performed']], ['succeeded', 'refd_1'], {
            amount: usd(500),
            reference: 'ch_1.refund.re_1',
          }),
          operation('refund', [[320, 'refused', 'refused_by_bank']], ['refused', 'refused_by_bank'], {
            amount: usd(300),
            reference: 'ch_1.refund.re_2',
          }),
        ],
        { capture: 'manual' },
      ),
      ledger: ledger('posted', [
        held,
        transfer(130, 'capture', 'ch_1.capture_succeeded', 1500, 'post'),
        transfer(130, 'fee', 'ch_1.capture_succeeded', 74),
        transfer(210, 'refund_hold:re_1', 're_1.refund_requested', 500, 'pending'),
        transfer(240, 'refund:re_1', 're_1.refund_succeeded', 500, 'post'),
        transfer(310, 'refund_hold:re_2', 're_2.refund_requested', 300, 'pending'),
        transfer(340, 'refund_release:re_2', 're_2.refund_failed', 300, 'void'),
      ]),
    });
    expect(told(given).slice(4)).toEqual([
      'merchant asks to capture 15.00 usd of it (key take)',
      'bank-gateway asks alder to capture 15.00 usd: captured, as capt_1',
      'ledger posts 15.00 usd to the merchant, and takes the fee of 0.74 usd; releases the other 5.00 usd',
      'payments-api hears that the money is posted: the charge succeeded',
      'merchant asks to refund 5.00 usd (re_1) (key re_1)',
      'ledger sets 5.00 usd of the merchant’s balance aside for re_1',
      'bank-gateway asks alder to refund 5.00 usd: refunded, as refd_1',
      'ledger posts the refund re_1: 5.00 usd have left the merchant’s balance',
      'payments-api hears that re_1 is done: the refund succeeded',
      'merchant asks to refund 3.00 usd (re_2) (key re_2)',
      'ledger sets 3.00 usd of the merchant’s balance aside for re_2',
      'bank-gateway asks alder to refund 3.00 usd: refused',
      'ledger gives 3.00 usd back to the merchant’s balance: re_2 was refused',
      'payments-api hears that the bank refused re_2: the refund failed',
    ]);
    expect(verdict(given)).toBe(
      'Succeeded: alder captured 15.00 usd of 20.00 usd and released the rest; 14.26 usd are the merchant’s after the fee. 5.00 usd of it were refunded. A refund of 3.00 usd failed, because the bank refused it; that money is still the merchant’s.',
    );
  });

  it('with a stray says what the bank did by itself, and that it was undone', () => {
    const stray = { bankId: 'capt_2', movement: 'capture' } as const;
    const given = evidence({
      ...succeededOnce,
      gateway: gateway('captured', [
        approved,
        captured,
        operation('reversal', [], ['succeeded', 'rvsl_1'], {
          reference: 'ch_1.stray.capt_2',
          stray,
          reversals: 1,
          createdAt: after(20_000),
        }),
      ]),
      ledger: ledger('posted', [
        held,
        posted,
        fee(80),
        // Both may be written only when the bank's word has come.
        transfer(20_100, 'stray:capt_2', 'ch_1.capt_2.stray_reversed'),
        transfer(20_100, 'stray_undone:capt_2', 'ch_1.capt_2.stray_reversed'),
      ]),
      differences: [differenceAbout('capt_2', 19_900, 20_200)],
      banks: [
        entry(61, 'capture', 'capt_1', { attempt: 'ch_1.capture.1' }),
        entry(62, 'capture', 'capt_2', { attempt: 'ch_1.capture.1' }),
        request(20_010, 'reverse', 'ch_1.stray.capt_2.reversal.1'),
        entry(20_011, 'reversal', 'rvsl_1', { attempt: 'ch_1.stray.capt_2.reversal.1', reverses: 'capt_2' }),
      ],
    });
    expect(told(given).filter((line) => line.includes('capt_2') || line.includes('undoes'))).toEqual([
      'alder writes down a second capture of 20.00 usd (capt_2), which was not requested',
      'ledger finds a capture of 20.00 usd in alder’s statement that is not in the books (capt_2)',
      'bank-gateway asks alder to reverse capture capt_2, which was not requested',
      'alder undoes it, as rvsl_1',
      'ledger puts 20.00 usd in suspense: the bank performed capt_2, which was not requested',
      'ledger takes 20.00 usd out of suspense again: capt_2 was undone at the bank',
    ]);
    expect(verdict(given)).toContain(
      'alder performed one capture that was not requested; it was found in the bank’s statement and reversed.',
    );
    expect(storyOf(given)!.alarms).toEqual([]);
  });

  it('shows each question about an attempt at its own time, also between two attempts', () => {
    const given = evidence({
      gateway: gateway('authorizing', [
        operation(
          'authorize',
          [
            [20, 'not_found'],
            [3_000, 'begun'],
          ],
          null,
          { inquiries: 1 },
        ),
      ]),
      banks: [
        request(20, 'authorize', 'ch_1.authorize.alder.1'),
        request(2_900, 'inquire', 'ch_1.authorize.alder.inquiry.1'),
        request(3_000, 'authorize', 'ch_1.authorize.alder.2'),
      ],
    });
    expect(told(given)).toEqual([
      'bank-gateway asks alder to authorize 20.00 usd: no answer. It was in doubt, until the bank said that it had never arrived, and never would',
      'bank-gateway asks alder for the outcome',
      'bank-gateway asks alder to authorize 20.00 usd again: it may be on its way at this moment',
    ]);
  });

  it('that has not ended says who is waited for', () => {
    const waits = operation('capture', [[60, 'doubt', 'timeout']], null, { doubtSince: after(60), inquiries: 2 });
    const given = evidence({
      payments: payments('requested', []),
      gateway: gateway('capturing', [approved, { ...waits, needsAttention: true }]),
      ledger: ledger('pending', [held]),
    });
    expect(verdict(given)).toBe(
      'Pending: whether alder performed the capture is in doubt, and the bank-gateway is finding out, for so long that an operator should look.',
    );
    expect(storyOf(given)!.alarms).toHaveLength(1);
  });

  it('whose first bank could not be reached goes on at another', () => {
    const given = evidence({
      payments: payments('requested', []),
      gateway: gateway(
        'authorized',
        [
          operation('authorize', [[20, 'not_processed', 'breaker_open']], ['not_performed', 'not_processed']),
          operation('authorize', [[30, 'performed']], ['succeeded', 'auth_1'], { bank: 'birch' }),
        ],
        { bank: 'birch' },
      ),
    });
    expect(told(given).slice(1)).toEqual([
      'bank-gateway asks alder to authorize 20.00 usd: nothing was sent, because its breaker is open',
      'alder will not be asked any more: nothing happened in one attempt',
      'bank-gateway asks birch to authorize 20.00 usd: approved, as auth_1',
    ]);
  });
});

describe('a bank whose breaker was open before anything was begun', () => {
  const banks = [bankOf('birch', 'mastercard', 'visa'), bankOf('alder', 'visa', 'mastercard'), bankOf('cedar', 'amex')];

  it('is named, though nothing was asked of it', () => {
    const birch = operation('authorize', [[30, 'performed']], ['succeeded', 'auth_1'], { bank: 'birch' });
    const authorized = gateway('authorized', [birch], { bank: 'birch' }, banks);
    expect(told(evidence({ payments: payments('requested', []), gateway: authorized })).slice(1)).toEqual([
      'bank-gateway does not ask alder: its breaker is open',
      'bank-gateway asks birch to authorize 20.00 usd: approved, as auth_1',
    ]);
  });

  it('is the end of a charge that no other bank can take', () => {
    const failed = gateway('failed', [], { bank: null }, banks);
    const given = evidence({
      payments: payments('failed', [[30, { type: 'failed', reason: 'no_bank_available' }]]),
      gateway: failed,
    });
    expect(told(given).slice(1, 3)).toEqual([
      'bank-gateway does not ask alder or birch: their breakers are open',
      'bank-gateway finds no bank of visa that can be asked',
    ]);
    expect(verdict(given)).toBe('Failed: no bank of visa could be asked; nothing was ever held.');
  });

  it('is not what keeps the preferred bank from being asked first', () => {
    expect(told(evidence({ gateway: gateway('captured', [approved, captured], {}, banks) }))[0]).toContain(
      'asks alder',
    );
  });
});

describe('what a service does not tell', () => {
  it('is a gap that is named, and the rest is still told', () => {
    const away = { kind: 'away', because: 'nothing listens at http://localhost:3003' } as const;
    const lines = shown(evidence({ ...succeededOnce, ledger: away }));
    expect(lines).toContain('  ledger              could not be asked: nothing listens at http://localhost:3003');
    expect(lines.at(-1)).toBe('Succeeded: alder captured 20.00 usd; 19.12 usd are the merchant’s after the fee.');
  });

  it('is a gap too when this command cannot read it', () => {
    const unreadable = { kind: 'unreadable', because: '/charges/ch_1 hold state: Invalid option' } as const;
    const lines = shown(evidence({ ...succeededOnce, ledger: unreadable }), 200);
    expect(lines).toContain(
      '  ledger              gave an answer that this command cannot read: /charges/ch_1 hold state: Invalid option',
    );
  });

  it('is no story when nobody knows the charge', () => {
    expect(storyOf(evidence({ banks: [] }))).toBeUndefined();
  });
});

describe('a bank’s journal that contradicts the services', () => {
  it('is an alarm', () => {
    const stands = entry(61, 'capture', 'capt_1', { attempt: 'ch_1.capture.1' });
    const given = evidence({
      payments: payments('failed', [
        [90, { type: 'released', cause: 'canceled', holdRefusal: null, refusalCode: null }],
      ]),
      gateway: gateway('voided', [approved], { releaseCause: 'canceled' }),
      banks: [stands],
    });
    expect(storyOf(given)!.alarms).toEqual(['It is failed, and yet capt_1 stands in the bank’s journal.']);
    expect(storyOf(evidence({ ...succeededOnce, banks: [] }))!.alarms).toEqual([
      'It succeeded, and yet no capture stands in any bank’s journal.',
    ]);
  });
});

describe('a narrow terminal', () => {
  it('breaks between words, and never runs over', () => {
    for (const line of notEmpty(shown(evidence(succeededOnce), 60))) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('has colours only when asked for', () => {
    const plain = render(storyOf(evidence(succeededOnce))!, { width: 100, colours: false }).join('\n');
    expect(plain).not.toContain('\u001B');
    const coloured = render(storyOf(evidence(succeededOnce))!, { width: 100, colours: true }).join('\n');
    // oxlint-disable-next-line no-control-regex -- the codes of colours
    expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain);
  });
});
