import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { notEmpty } from '#testing';
import { FaultRules, type FaultTarget } from './fault-rules.js';

const target: FaultTarget = {
  bank: 'alder',
  operation: 'authorize',
  account: 'acct_1',
  chargeId: 'ch_1',
  card: { brand: 'visa', last4: '4242', fingerprint: 'fp_1' },
};

function rules(...inputs: bankProtocol.FaultRuleInput[]): FaultRules {
  const rules = new FaultRules();
  for (const input of inputs) rules.add(bankProtocol.faultRuleSchema.parse(input));
  return rules;
}

describe('a fault rule', () => {
  it.each([
    [{}, true],
    [{ bank: 'alder' }, true],
    [{ bank: 'birch' }, false],
    [{ account: 'acct_1', charge: 'ch_1' }, true],
    [{ account: 'acct_1', charge: 'ch_2' }, false],
    [{ card: 'fp_1' }, true],
    [{ card: '4242' }, true],
    [{ card: 'visa' }, true],
    [{ card: '0002' }, false],
  ] as const)('with the scope %j hits: %s', (scope, strikes) => {
    expect(rules({ fault: 'hang', scope }).strike(target) !== undefined).toBe(strikes);
  });

  it('hits only the named operation, and only operations that its fault can hit', () => {
    expect(rules({ fault: 'hang', operation: 'capture' }).strike(target)).toBeUndefined();
    expect(rules({ fault: 'inquiry_lag' }).strike(target)).toBeUndefined();
    expect(rules({ fault: 'late' }).strike({ ...target, operation: 'inquire' })).toBeUndefined();
  });

  it('with `times` ends after this many hits', () => {
    const once = rules({ fault: 'hang', times: 1 });
    expect(once.strike(target)).toMatchObject({ fault: 'hang', by: 'fault_1' });
    expect(once.strike(target)).toBeUndefined();
    expect(once.list()).toMatchObject([{ id: 'fault_1', strikes: 1 }]);
  });

  it('is preceded by an older one that hits', () => {
    const both = rules({ fault: 'hang', times: 1 }, { fault: 'error' });
    expect([both.strike(target)?.fault, both.strike(target)?.fault]).toEqual(['hang', 'error']);
  });

  it('draws the same hits from the same seed, others from another, with its probability', () => {
    const drawn = (seed: number): boolean[] => {
      const rule = rules({ fault: 'hang', probability: 0.3, seed });
      return Array.from({ length: 1000 }, () => rule.strike(target) !== undefined);
    };
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(7)).not.toEqual(drawn(8));
    expect(drawn(7).filter(Boolean).length).toBeGreaterThan(250);
    expect(drawn(7).filter(Boolean).length).toBeLessThan(350);
  });

  it('does not disturb the draws of another', () => {
    const alone = rules({ fault: 'error', probability: 0.5, seed: 7 });
    const beside = rules({ fault: 'hang', probability: 0, seed: 1 }, { fault: 'error', probability: 0.5, seed: 7 });
    const draws = (of: FaultRules) => Array.from({ length: 100 }, () => of.strike(target)?.fault);
    expect(draws(beside)).toEqual(draws(alone));
  });

  it('closes a port only for an outage of a whole bank', () => {
    const closes = (input: Omit<bankProtocol.FaultRuleInput & { fault: 'outage' }, 'fault'>): boolean =>
      rules({ fault: 'outage', ...input }).closesPortOf('alder');
    expect(closes({})).toBe(true);
    expect(closes({ scope: { bank: 'alder' } })).toBe(true);
    expect(closes({ scope: { bank: 'birch' } })).toBe(false);
    expect(closes({ scope: { account: 'acct_1' } })).toBe(false);
    expect(closes({ operation: 'capture' })).toBe(false);
    expect(closes({ probability: 0.5 })).toBe(false);
    expect(closes({ times: 3 })).toBe(false);
  });
});

describe('a charge’s fault token', () => {
  const aimed = { ...target, token: 'tok_fault_authorize_hang' };

  it('comes before every rule', () => {
    const both = rules({ fault: 'error' });
    expect(both.strike(aimed)).toMatchObject({ fault: 'hang', by: 'token' });
    expect(both.strike(aimed)).toMatchObject({ fault: 'error' });
  });

  it('is counted per charge and operation, whichever bank', () => {
    const none = rules();
    expect(none.strike(aimed)).toBeDefined();
    expect(none.strike({ ...aimed, bank: 'birch' })).toBeUndefined();
    expect(none.strike({ ...aimed, chargeId: 'ch_2' })).toBeDefined();
    expect(none.strike({ ...aimed, operation: 'capture' })).toBeUndefined();
  });

  it('with `always` never ends', () => {
    const none = rules();
    const strikes = Array.from({ length: 5 }, () => none.strike({ ...aimed, token: `${aimed.token}_always` }));
    expect(notEmpty(strikes).every(Boolean)).toBe(true);
  });

  it('for the ledger has no effect at a bank', () => {
    expect(rules().strike({ ...target, token: 'tok_fault_ledger_refuse' })).toBeUndefined();
  });
});
