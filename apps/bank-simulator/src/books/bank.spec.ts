import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { authorize, bank, brandOf, capture, inquire, noon, refund, statement, voiding } from './bank-under-test.js';
import { totals } from './totals.js';

const { bankNames } = bankProtocol;
const idempotent = ['alder', 'birch'] as const;
const notIdempotent = ['cedar', 'dogwood'] as const;

describe.each(bankNames)('%s', (name) => {
  const brand = brandOf[name];

  it('approves a good card, and its id leads to capture and refund', () => {
    const desk = bank(name);
    const { bankId: authorizationId, ...approved } = desk.asked(authorize('op_1', { brand }));
    expect(approved).toEqual({ status: 200, state: 'approved', asOf: noon });
    const captured = desk.asked(capture('op_2', authorizationId));
    expect(captured).toMatchObject({ status: 200, state: 'captured' });
    expect(desk.asked(refund('op_3', captured.bankId, 400))).toMatchObject({ status: 200, state: 'refunded' });
    expect(desk.entries()).toEqual(['authorization 1000', 'capture 1000', 'refund 400']);
    expect(totals(desk.books).currencies).toEqual({
      usd: { authorized: 1000, captured: 1000, voided: 0, refunded: 400, reversed: 0, held: 0, net: 600 },
    });
  });

  it('declines a bad card with its code', () => {
    const desk = bank(name);
    expect(desk.asked(authorize('op_1', { brand, behavior: 'lost_card' }))).toMatchObject({
      status: 200,
      state: 'declined',
      code: 'lost_card',
    });
    expect(desk.entries()).toEqual([]);
  });

  it('captures only a standing authorization, in its currency and up to its amount', () => {
    const desk = bank(name);
    const { bankId } = desk.asked(authorize('op_1', { brand }));
    const refused = (code: string) => ({ state: 'refused', code });
    expect(desk.asked(capture('op_2', 'elsewhere'))).toMatchObject(refused('unknown_authorization'));
    expect(desk.asked(capture('op_3', bankId, 1001))).toMatchObject(refused('amount_too_large'));
    const inEuros = { ...capture('op_4', bankId), currency: 'eur' } as bankProtocol.CaptureRequest;
    expect(desk.asked(inEuros)).toMatchObject(refused('currency_mismatch'));
    desk.asked(voiding('op_5', bankId));
    expect(desk.asked(capture('op_6', bankId))).toMatchObject(refused('authorization_voided'));
  });

  it('voids only an uncaptured authorization, and only once', () => {
    const desk = bank(name);
    const first = desk.asked(authorize('op_1', { brand }));
    desk.asked(capture('op_2', first.bankId));
    expect(desk.asked(voiding('op_3', first.bankId))).toMatchObject({
      state: 'refused',
      code: 'authorization_captured',
    });
    const second = desk.asked(authorize('op_4', { brand }));
    expect(desk.asked(voiding('op_5', second.bankId))).toMatchObject({ state: 'voided' });
    expect(desk.asked(voiding('op_6', second.bankId))).toMatchObject({
      state: 'refused',
      code: 'authorization_voided',
    });
    expect(totals(desk.books).currencies['usd']).toMatchObject({ held: 0, voided: 1000, net: 1000 });
  });

  it('captures twice under two references', () => {
    const desk = bank(name);
    const { bankId } = desk.asked(authorize('op_1', { brand }));
    desk.asked(capture('op_2', bankId));
    expect(desk.asked(capture('op_3', bankId))).toMatchObject({ state: 'captured' });
    expect(totals(desk.books).currencies['usd']).toMatchObject({ net: 2000 });
  });

  it('refuses a card of a network that it does not serve', () => {
    const other = name === 'cedar' ? 'visa' : 'amex';
    const answer = bank(name).asked(authorize('op_1', { brand: other }));
    expect(answer).toMatchObject({ state: 'refused', code: 'network_not_supported' });
  });

  it('has the same state after a restart', () => {
    const desk = bank(name);
    const { bankId } = desk.asked(authorize('op_1', { brand }));
    desk.asked(capture('op_2', bankId, 300));
    desk.asked(authorize('op_3', { brand, behavior: 'lost_card' }));
    const before = [totals(desk.books), desk.asked(inquire('op_1')), desk.asked(statement())];
    desk.restarted();
    expect([totals(desk.books), desk.asked(inquire('op_1')), desk.asked(statement())]).toEqual(before);
    expect(desk.asked(capture('op_4', bankId, 200), { at: 1 })).toMatchObject({ state: 'captured' });
  });
});

describe.each(idempotent)('%s, which is idempotent by reference,', (name) => {
  const brand = brandOf[name];

  it('repeats its approval at any later time, and performs once', () => {
    const desk = bank(name);
    const first = desk.asked(authorize('op_1', { brand }));
    expect(desk.asked(authorize('op_1', { brand }), { at: 60_000 })).toEqual({ ...first, asOf: noon + 60_000 });
    expect(desk.entries()).toHaveLength(1);
  });

  it('repeats a decline and a refusal, also when it would approve now, and after a restart', () => {
    const desk = bank(name);
    const declined = desk.asked(authorize('op_1', { brand, behavior: 'insufficient_funds' }));
    const refused = desk.asked(authorize('op_2', { brand }), {
      refusal: { state: 'refused', code: 'refused_by_bank' },
    });
    desk.restarted();
    expect(desk.asked(authorize('op_1', { brand }))).toEqual(declined);
    expect(desk.asked(authorize('op_2', { brand }))).toEqual(refused);
  });

  it('rejects a reused reference for another operation', () => {
    const desk = bank(name);
    const { bankId } = desk.asked(authorize('op_1', { brand }));
    expect(desk.asked(capture('op_1', bankId))).toMatchObject({ status: 409, error: { code: 'reference_reused' } });
  });
});

describe.each(notIdempotent)('%s, which is not idempotent,', (name) => {
  const brand = brandOf[name];

  it('performs a repeated reference again, and the inquiry shows both performances', () => {
    const desk = bank(name);
    const first = desk.asked(authorize('op_1', { brand }));
    const second = desk.asked(authorize('op_1', { brand }));
    expect(second.bankId).not.toBe(first.bankId);
    expect(desk.asked(inquire('op_1'))).toMatchObject({
      state: 'found',
      performances: [{ bankId: first.bankId }, { bankId: second.bankId }],
    });
  });

  it('does not remember a decline', () => {
    const desk = bank(name);
    desk.asked(authorize('op_1', { brand, behavior: 'lost_card' }));
    expect(desk.asked(authorize('op_1', { brand }))).toMatchObject({ state: 'approved' });
  });
});

describe('validity', () => {
  it.each(['alder', 'cedar'] as const)('is enforced by %s up to the last millisecond', (name) => {
    const desk = bank(name);
    const request = authorize('op_1', { brand: brandOf[name] });
    expect(desk.asked(request, { at: 3_001 })).toMatchObject({ status: 409, error: { code: 'validity_expired' } });
    expect(desk.entries()).toEqual([]);
    expect(desk.asked(request, { at: 3_000 })).toMatchObject({ state: 'approved' });
  });

  it.each(['birch', 'dogwood'] as const)('is ignored by %s', (name) => {
    const request = authorize('op_1', { brand: brandOf[name] });
    expect(bank(name).asked(request, { at: 60_000 })).toMatchObject({ state: 'approved' });
  });

  it('is checked per attempt: an expired reference is performed when it is valid again', () => {
    const desk = bank('alder');
    desk.asked(authorize('op_1'), { at: 3_001 });
    expect(desk.asked({ ...authorize('op_1'), validUntil: noon + 9_000 }, { at: 4_000 })).toMatchObject({
      state: 'approved',
    });
  });

  it('journals a refused late arrival', () => {
    const desk = bank('cedar');
    desk.asked(authorize('op_1', { brand: 'amex' }), { at: 3_001 });
    expect(desk.journal).toMatchObject([{ type: 'refusal', state: 'error', code: 'validity_expired' }]);
  });
});

describe('an inquiry', () => {
  it('with lag returns an older state, with its time', () => {
    const desk = bank('alder');
    const { bankId } = desk.asked(authorize('op_1'), { at: 1_000 });
    desk.asked(voiding('op_2', bankId), { at: 2_000 });
    const lagged = (lagMs: number) => desk.asked(inquire('op_1'), { at: 3_000, lagMs });
    expect(lagged(2_001)).toEqual({ status: 200, state: 'not_found', asOf: noon + 999 });
    expect(lagged(2_000)).toMatchObject({ state: 'found', asOf: noon + 1_000 });
    expect(lagged(2_000)).not.toHaveProperty('performances.0.undoneBy');
    expect(lagged(0)).toMatchObject({ performances: [{ bankId, undoneBy: 'alder_void_000000002' }] });
  });
});

describe('a statement', () => {
  it('has pages of entries in order, with the watermark below which none is added', () => {
    const desk = bank('dogwood');
    for (const reference of ['op_1', 'op_2', 'op_3']) desk.asked(authorize(reference, { brand: 'jcb' }));
    expect(desk.asked(statement(0, 2))).toMatchObject({ entries: [{ seq: 1 }, { seq: 2 }], watermark: 3, more: true });
    expect(desk.asked(statement(2, 2))).toMatchObject({ entries: [{ seq: 3 }], watermark: 3, more: false });
    expect(desk.asked(statement(3))).toMatchObject({ entries: [], watermark: 3, more: false });
    expect(desk.asked(statement(9))).toMatchObject({ entries: [], watermark: 3, more: false });
  });

  it('with lag has a lower watermark', () => {
    const desk = bank('birch');
    desk.asked(authorize('op_1', { brand: 'visa' }), { at: 0 });
    desk.asked(authorize('op_2', { brand: 'visa' }), { at: 2_000 });
    expect(desk.asked(statement(), { at: 3_000, lagMs: 1_500 })).toMatchObject({ entries: [{ seq: 1 }], watermark: 1 });
  });
});
