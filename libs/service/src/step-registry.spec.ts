import { describe, expect, it } from '@jest/globals';
import { bank } from '#contracts';
import type { PgTransaction } from '#postgres';
import { stepsOn, unchanged, type Aggregates } from '#saga';
import { StepRegistry } from './step-registry.js';

const holds = { kind: 'hold', restate: () => [] };
const keeper = {} as Aggregates<PgTransaction, unknown>;
const step = stepsOn(holds)({ on: bank.captureSucceeded, idOf: ({ chargeId }) => chargeId, decide: unchanged });

describe('what the modules of a service register', () => {
  it('comes together in one place', () => {
    const registry = new StepRegistry();
    registry.register([['hold', keeper]], [step]);
    registry.register([['charge', keeper]], []);
    expect([...registry.aggregates.keys()]).toEqual(['hold', 'charge']);
  });

  it('keeps every aggregate in one place only', () => {
    const registry = new StepRegistry();
    registry.register([['hold', keeper]], []);
    expect(() => registry.register([['hold', keeper]], [])).toThrow('aggregates of kind "hold" are kept twice');
  });

  it('has no step whose aggregate nobody keeps', () => {
    expect(() => new StepRegistry().register([], [step])).toThrow('decides on a "hold", which is kept nowhere');
  });
});
