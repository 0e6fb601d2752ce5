import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { authorize, bank, brandOf, capture, inquire, refund, reverse, voiding } from './bank-under-test.js';
import { totals } from './totals.js';

const zero = { held: 0, net: 0 };

describe.each(bankProtocol.bankNames)('a reversal at %s', (name) => {
  const brand = brandOf[name];

  it('undoes an authorization by its reference, and is idempotent', () => {
    const desk = bank(name);
    const { bankId } = desk.asked(authorize('op_1', { brand }));
    const reversals = [{ bankId: `${name}_rvsl_000000002`, reverses: bankId }];
    expect(desk.asked(reverse('op_2', { reference: 'op_1' }))).toMatchObject({ state: 'reversed', reversals });
    expect(desk.asked(reverse('op_3', { reference: 'op_1' }))).toMatchObject({ state: 'already_reversed', reversals });
    expect(desk.asked(reverse('op_4', { bankId }))).toMatchObject({ state: 'already_reversed', reversals });
    expect(desk.entries()).toEqual(['authorization 1000', 'reversal 1000']);
    expect(totals(desk.books).currencies['usd']).toMatchObject(zero);
  });

  it('acknowledges an authorization that was voided', () => {
    const desk = bank(name);
    const { bankId } = desk.asked(authorize('op_1', { brand }));
    desk.asked(voiding('op_2', bankId));
    expect(desk.asked(reverse('op_3', { bankId }))).toMatchObject({ state: 'already_reversed' });
    expect(desk.entries()).toEqual(['authorization 1000', 'void 1000']);
  });

  it('undoes an authorization with all dependent performances', () => {
    const desk = bank(name);
    const authorization = desk.asked(authorize('op_1', { brand }));
    const captured = desk.asked(capture('op_2', authorization.bankId, 700));
    desk.asked(refund('op_3', captured.bankId, 200));
    desk.asked(reverse('op_4', { bankId: authorization.bankId }));
    expect(desk.entries().slice(3)).toEqual(['reversal 200', 'reversal 700', 'reversal 1000']);
    expect(totals(desk.books).currencies['usd']).toMatchObject(zero);
  });

  it('undoes a refund alone', () => {
    const desk = bank(name);
    const captured = desk.asked(capture('op_2', desk.asked(authorize('op_1', { brand })).bankId));
    desk.asked(refund('op_3', captured.bankId));
    expect(desk.asked(reverse('op_4', { reference: 'op_3' }))).toMatchObject({ state: 'reversed' });
    expect(totals(desk.books).currencies['usd']).toMatchObject({ net: 1000 });
  });

  it('of a capture leaves its authorization standing', () => {
    const desk = bank(name);
    const captured = desk.asked(capture('op_2', desk.asked(authorize('op_1', { brand })).bankId));
    desk.asked(reverse('op_3', { bankId: captured.bankId }));
    expect(totals(desk.books).currencies['usd']).toMatchObject({ held: 1000, net: 0 });
    expect(desk.asked(refund('op_4', captured.bankId))).toMatchObject({ state: 'refused', code: 'capture_reversed' });
  });

  it('of an unknown bank id, of a void or of a reversal undoes nothing', () => {
    const desk = bank(name);
    const { bankId } = desk.asked(authorize('op_1', { brand }));
    desk.asked(voiding('op_2', bankId));
    expect(desk.asked(reverse('op_3', { bankId: 'elsewhere' }))).toMatchObject({ state: 'unknown' });
    expect(desk.asked(reverse('op_4', { reference: 'op_2' }))).toMatchObject({
      state: 'refused',
      code: 'not_reversible',
    });
    expect(desk.entries()).toHaveLength(2);
  });

  it('is shown by the inquiry of its target, and has an inquiry of its own', () => {
    const desk = bank(name);
    desk.asked(authorize('op_1', { brand }));
    const { bankId } = desk.asked(reverse('op_2', { reference: 'op_1' }));
    expect(desk.asked(inquire('op_1'))).toMatchObject({ performances: [{ undoneBy: bankId }] });
    expect(desk.asked(inquire('op_2'))).toMatchObject({ performances: [{ kind: 'reversal', bankId }] });
  });
});

describe.each(['alder', 'birch', 'cedar'] as const)('%s, which fences,', (name) => {
  const brand = brandOf[name];

  it('fences an unknown reference that is reversed, and refuses its later arrival forever', () => {
    const desk = bank(name);
    const first = desk.asked(reverse('op_2', { reference: 'op_1' }));
    expect(first).toMatchObject({ state: 'remembered' });
    expect(desk.asked(reverse('op_3', { reference: 'op_1' }))).toEqual(first);
    desk.restarted();
    expect(desk.asked(authorize('op_1', { brand }))).toMatchObject({ state: 'refused', code: 'reversed' });
    expect(desk.asked(reverse('op_4', { reference: 'op_1' }))).toEqual(first);
    expect(desk.entries()).toEqual([]);
  });

  it('refuses a reference that was reversed, by reference or by bank id', () => {
    const desk = bank(name);
    desk.asked(authorize('op_1', { brand }));
    desk.asked(reverse('op_2', { reference: 'op_1' }));
    desk.asked(reverse('op_4', { bankId: desk.asked(authorize('op_3', { brand })).bankId }));
    for (const reference of ['op_1', 'op_3']) {
      expect(desk.asked(authorize(reference, { brand }))).toMatchObject({ state: 'refused', code: 'reversed' });
    }
  });

  it('fences a reference that it has declined before', () => {
    const desk = bank(name);
    desk.asked(authorize('op_1', { brand, behavior: 'lost_card' }));
    expect(desk.asked(reverse('op_2', { reference: 'op_1' }))).toMatchObject({ state: 'remembered' });
    expect(desk.asked(authorize('op_1', { brand }))).toMatchObject({ state: 'refused', code: 'reversed' });
  });
});

describe('dogwood, which does not fence,', () => {
  it('answers `unknown` to the reversal of an unknown reference, and performs its later arrival', () => {
    const desk = bank('dogwood');
    expect(desk.asked(reverse('op_2', { reference: 'op_1' }))).toMatchObject({ state: 'unknown' });
    expect(desk.asked(authorize('op_1', { brand: 'jcb' }))).toMatchObject({ state: 'approved' });
    expect(desk.asked(reverse('op_2', { reference: 'op_1' }))).toMatchObject({ state: 'reversed' });
  });
});

describe.each(['cedar', 'dogwood'] as const)('a second performance at %s', (name) => {
  const brand = brandOf[name];

  it('is undone with the first by reference', () => {
    const desk = bank(name);
    desk.asked(authorize('op_1', { brand }));
    desk.asked(authorize('op_1', { brand }));
    const { reversals } = desk.asked(reverse('op_2', { reference: 'op_1' }));
    expect(reversals).toHaveLength(2);
    expect(totals(desk.books).currencies['usd']).toMatchObject(zero);
  });

  it('is undone alone by its bank id, and the first stands', () => {
    const desk = bank(name);
    const kept = desk.asked(authorize('op_1', { brand }));
    const stray = desk.asked(authorize('op_1', { brand }));
    desk.asked(reverse('op_2', { bankId: stray.bankId }));
    expect(desk.asked(capture('op_3', kept.bankId))).toMatchObject({ state: 'captured' });
    expect(desk.asked(capture('op_4', stray.bankId))).toMatchObject({ code: 'authorization_reversed' });
  });
});
