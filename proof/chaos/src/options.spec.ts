import { describe, expect, it } from '@jest/globals';
import { sometimes } from '#checker';
import { notEmpty } from '#testing';
import { readOptions } from './options.js';
import { faultKinds } from './schedule/fault.js';
import { scenarios } from './scenarios/index.js';

const read = (...args: string[]) => readOptions(args, () => 42);

describe('the options', () => {
  it('have defaults and a new seed', () => {
    expect(read()).toMatchObject({ seed: 42, minutes: 3, runs: 1, kinds: faultKinds, scenarios: [] });
  });

  it('take faults by kind and by family', () => {
    expect(read('--faults', 'kill,network').kinds).toEqual(['kill', 'cut', 'delay', 'one_way']);
    expect(() => read('--faults', 'earthquake')).toThrow('--faults earthquake: there are process,');
  });

  it('take a scenario by its name, or all of them', () => {
    expect(read('--scenario', 'kafka-down').scenarios.map(({ name }) => name)).toEqual(['kafka-down']);
    expect(read('--scenario', 'all').scenarios).toEqual(scenarios);
    expect(() => read('--scenario', 'flood')).toThrow('--scenario flood: there are bank-outage,');
  });

  it('reject a value that is no number', () => {
    expect(() => read('--seed', 'seven')).toThrow('--seed seven: expected a number');
  });
});

it.each(scenarios)('$name lifts its faults in time and names known hard states', ({ seconds, faults, reaches }) => {
  for (const { atS, lastsS } of notEmpty(faults)) expect(atS + lastsS).toBeLessThan(seconds);
  expect(sometimes.map(({ id }) => id)).toEqual(expect.arrayContaining([...reaches]));
});
