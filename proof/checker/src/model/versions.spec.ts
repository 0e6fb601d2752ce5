import { describe, expect, it } from '@jest/globals';
import type { ApiExchange } from '../history.js';
import { claimRows } from './attributed-rows.js';
import { judgeDocumentedFields } from './documented-fields.js';
import { judgeExpansions } from './expansions.js';
import { readKeys } from './key-history.js';
import { chargeObject, evidenceOf, listObject, sent } from './testing/a-history.js';

const refunds = { refunds: listObject('/v1/charges/ch_a/refunds', []) };
const gone = { destination: null, dispute: null, invoice: null };

/** What is wrong with a charge that a read shows in a version. */
function judged(version: string | undefined, fields: object): string[] {
  const read: ApiExchange = {
    ...sent(50, 'GET /v1/charges/ch_a', {}, { body: chargeObject('ch_a', 0, { ...fields }) }),
    version,
  };
  const evidence = evidenceOf([...evidenceOf([]).exchanges, read]);
  const rows = claimRows(evidence, readKeys(evidence.exchanges).operations);
  return [...judgeDocumentedFields(rows), ...judgeExpansions(rows)];
}

describe('an answer in an older version', () => {
  it.each([
    [undefined, {}],
    ['2026-10-28.endive', {}],
    ['2024-06-20', { invoice: null }],
    ['2022-11-15', gone],
    ['2022-08-01', { ...gone, ...refunds }],
    ['2020-08-27', { ...gone, ...refunds, order: null }],
  ])('of %s has what that version had, and nothing else', (version, fields) => {
    expect(judged(version, fields)).toEqual([]);
    expect(judged(version, { ...fields, invoice: 'in_1' })).not.toEqual([]);
    expect(judged(version, 'invoice' in fields ? {} : { invoice: null })).not.toEqual([]);
  });

  it('contains the refunds of its charges until 2022-11-15', () => {
    expect(judged('2022-08-01', gone)).toContainEqual(expect.stringContaining('no refunds'));
    expect(judged('2022-11-15', { ...gone, ...refunds })).toContainEqual(expect.stringContaining('the refunds'));
  });
});
