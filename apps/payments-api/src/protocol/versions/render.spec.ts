import { describe, expect, it } from '@jest/globals';
import { API_VERSION, API_VERSIONS } from '../api-version.js';
import { answerInVersion, expandedIn, inVersion } from './render.js';
import { versionChanges } from './version-changes.js';

const charge = { object: 'charge', id: 'ch_1', metadata: { object: 'charge' } };
const older = { destination: null, dispute: null, invoice: null };

describe('the changes of versions', () => {
  it('stand in their order, the newest first, each of a version that is served', () => {
    const versions = versionChanges.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted().toReversed());
    expect(API_VERSIONS).toEqual(expect.arrayContaining(versions));
  });
});

describe('an answer', () => {
  it.each([
    [API_VERSION, charge],
    ['2025-03-31.basil', charge],
    ['2025-02-24.acacia', { ...charge, invoice: null }],
    ['2023-08-16', { ...charge, invoice: null }],
    ['2022-11-15', { ...charge, ...older }],
    ['2022-08-01', { ...charge, ...older }],
    ['2020-08-27', { ...charge, ...older, order: null }],
    ['2019-12-03', { ...charge, ...older, order: null }],
  ])('of %s has what that version had', (version, shown) => {
    expect(inVersion(charge, version)).toEqual(shown);
  });

  it('has it at every depth', () => {
    const transaction = { object: 'balance_transaction', source: charge };
    const page = { object: 'list', data: [transaction, { object: 'refund', charge }] };
    const shown = { ...charge, invoice: null };
    expect(inVersion(page, '2024-06-20')).toEqual({
      object: 'list',
      data: [
        { object: 'balance_transaction', source: shown },
        { object: 'refund', charge: shown },
      ],
    });
  });

  it('has an event as it was when it was made', () => {
    const event = { object: 'event', data: { object: charge } };
    expect(inVersion({ object: 'list', data: [event] }, '2020-08-27')).toEqual({ object: 'list', data: [event] });
  });

  it('is the object itself, untouched, in the newest version', () => {
    expect(inVersion(charge, API_VERSION)).toBe(charge);
  });

  it('that is stored is stored as the version has it', () => {
    const newest = { status: 200, body: JSON.stringify(charge) };
    expect(answerInVersion(newest, API_VERSION)).toBe(newest);
    const { status, body } = answerInVersion(newest, '2024-06-20');
    expect([status, JSON.parse(body)]).toEqual([200, { ...charge, invoice: null }]);
  });
});

describe('before 2022-11-15', () => {
  const paths = (object: 'charge' | 'refund' | 'balance_transaction', ...asked: string[]) =>
    expandedIn('2022-08-01', object, asked);

  it('a charge contains its refunds, wherever it is shown', () => {
    expect(paths('charge')).toEqual(['refunds']);
    expect(paths('refund')).toEqual([]);
    expect(paths('refund', 'charge')).toEqual(['charge', 'charge.refunds']);
    expect(paths('balance_transaction', 'source.charge')).toEqual([
      'source.charge',
      'source.refunds',
      'source.charge.refunds',
    ]);
    expect(paths('charge', 'refunds.data.charge')).toEqual([
      'refunds.data.charge',
      'refunds',
      'refunds.data.charge.refunds',
    ]);
  });

  it('a payment intent contains its charges, of which the latest is shown', () => {
    expect(expandedIn('2022-08-01', 'payment_intent', [])).toEqual(['latest_charge', 'latest_charge.refunds']);
    const intent = { object: 'payment_intent', id: 'pi_1', latest_charge: { object: 'charge', id: 'ch_1' } };
    const list = { object: 'list', url: '/v1/charges?payment_intent=pi_1' };
    expect(inVersion({ error: { payment_intent: intent } }, '2022-08-01')).toMatchObject({
      error: { payment_intent: { latest_charge: 'ch_1', charges: { ...list, data: [{ id: 'ch_1', invoice: null }] } } },
    });
    expect(inVersion({ ...intent, latest_charge: 'ch_1' }, '2022-08-01')).toMatchObject({
      latest_charge: 'ch_1',
      charges: { ...list, data: [], has_more: true },
    });
  });

  it('and since then only where it is asked for', () => {
    const asked = ['charge'];
    expect(expandedIn('2022-11-15', 'refund', asked)).toBe(asked);
  });
});
