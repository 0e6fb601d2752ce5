import { expect, it } from '@jest/globals';
import { chargesToTell } from './charge-stories.client.js';
import type { OperationEvidence } from './operations.js';

const operation = (chargeId: string, inquiries: number): OperationEvidence => ({
  reference: `${chargeId}.capture.cedar`,
  chargeId,
  bank: 'cedar',
  kind: 'capture',
  attempts: [{ id: 'at_1', outcome: 'performed', detail: null }],
  inquiries,
  reversals: 0,
  endKind: 'succeeded',
  endDetail: null,
});

it('tells of the charges that broke a promise first, then of those that took the most requests', () => {
  const operations = [
    operation('ch_calm', 0),
    operation('ch_busy', 4),
    operation('ch_busy', 3),
    operation('ch_named', 1),
  ];
  expect(chargesToTell(['ch_named: two captures stand', 'A4 of ch_named'], operations)).toEqual([
    'ch_named',
    'ch_busy',
    'ch_calm',
  ]);
  const many = Array.from({ length: 40 }, (_, n) => operation(`ch_${n}`, n));
  expect(chargesToTell([], many)).toHaveLength(12);
});
