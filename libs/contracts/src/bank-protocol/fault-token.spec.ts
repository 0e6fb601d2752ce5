import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { faultTokenGrammar, parseFaultToken } from './fault-token.js';
import { faultNames, operationsOf } from './faults.js';

describe('a fault token', () => {
  it.each([
    ['tok_fault_authorize_hang', { operation: 'authorize', fault: 'hang', times: 1, brand: 'visa' }],
    ['tok_fault_capture_drop_after', { operation: 'capture', fault: 'drop_after', times: 1, brand: 'visa' }],
    ['tok_fault_capture_refuse_always', { operation: 'capture', fault: 'refuse', times: 'always', brand: 'visa' }],
    [
      'tok_fault_authorize_not_processed_2',
      { operation: 'authorize', fault: 'not_processed', times: 2, brand: 'visa' },
    ],
    [
      'tok_fault_authorize_drop_after_on_amex',
      { operation: 'authorize', fault: 'drop_after', times: 1, brand: 'amex' },
    ],
    [
      'pm_card_fault_inquire_inquiry_lag_3_on_discover',
      { operation: 'inquire', fault: 'inquiry_lag', times: 3, brand: 'discover' },
    ],
    ['pm_card_fault_void_late_always_on_jcb', { operation: 'void', fault: 'late', times: 'always', brand: 'jcb' }],
  ])('%s aims at a bank', (token, aim) => {
    expect(parseFaultToken(token)).toEqual({ at: 'bank', ...aim });
  });

  it('aims at the ledger with any brand', () => {
    expect(parseFaultToken('tok_fault_ledger_refuse')).toEqual({ at: 'ledger', brand: 'visa', fault: 'refuse' });
    expect(parseFaultToken('pm_card_fault_ledger_refuse_on_amex')).toMatchObject({ at: 'ledger', brand: 'amex' });
  });

  it.each(['tok_visa', 'pm_card_visa_chargeDeclined', 'tok_faulty', ''])('%p is no fault token', (text) => {
    expect(parseFaultToken(text)).toBeUndefined();
  });

  it.each([
    ['tok_fault', 'form'],
    ['tok_fault_authorize', 'form'],
    ['tok_fault_authorize_hang_on_', 'form'],
    ['tok_fault_authorize_hang_2_3', 'form'],
    ['tok_fault_reverse_hang', 'unknown operation "reverse"'],
    ['tok_fault_authorize_explode', 'unknown fault "explode"'],
    ['tok_fault_authorize_drop_2_after', 'form'],
    ['tok_fault_authorize_dropAfter', 'unknown fault "dropAfter"'],
    ['tok_fault_authorize_hang_on_maestro', 'unknown brand "maestro"'],
    ['tok_fault_authorize_hang_0', 'times'],
    ['tok_fault_authorize_hang_101', 'times'],
    ['tok_fault_capture_inquiry_lag', 'inquiry_lag cannot strike capture'],
    ['tok_fault_capture_decline_after_timeout', 'decline_after_timeout cannot strike capture'],
    ['tok_fault_inquire_refuse', 'refuse cannot strike inquire'],
    ['tok_fault_ledger_hang', 'the ledger has no fault'],
    ['tok_fault_ledger_refuse_2', 'no times'],
    [`tok_fault_authorize_latency_${'0'.repeat(90)}1_on_amex`, 'longer than 100'],
  ])('%s is rejected with a reason', (token, reason) => {
    expect(parseFaultToken(token)).toEqual({ invalid: expect.stringContaining(reason) });
  });

  it('can be written for every fault, and its grammar names every fault', () => {
    for (const name of notEmpty(faultNames)) {
      const operation = operationsOf(name)[0] === 'inquire' ? 'inquire' : 'authorize';
      expect(parseFaultToken(`tok_fault_${operation}_${name}`)).toMatchObject({ at: 'bank', fault: name });
      expect(faultTokenGrammar).toContain(name);
    }
  });
});
