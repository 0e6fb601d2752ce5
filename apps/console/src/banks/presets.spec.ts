import { expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { notEmpty } from '#testing';
import { presets } from './presets.js';

it('every preset has rules that the banks take', () => {
  for (const { rules } of notEmpty(presets))
    for (const rule of notEmpty(rules)) expect(bankProtocol.faultRuleSchema.safeParse(rule).error).toBeUndefined();
});
