import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { formatScript } from '../../../memory-postgres/src/testing/differential/script.js';
import { definitions } from '../campaign/one-run.js';
import { Fuzz, type FuzzDifference } from './fuzz.js';

const FOR_MS = 3_000;
const LEAST_SCRIPTS = 3;
/** About ten times the duration on an idle machine. */
const TIMEOUT_MS = 180_000;

const clock = new SystemClock();
let fuzz: Fuzz;
beforeAll(async () => {
  fuzz = await Fuzz.open(await definitions());
}, TIMEOUT_MS);
afterAll(() => fuzz.close());

/** Describes a difference for the failure message. */
const told = (difference: FuzzDifference | undefined): string =>
  difference
    ? `seed ${difference.seed}, ${difference.service}\n${formatScript(difference.steps)}\n${difference.what}`
    : '';

describe('the Postgres in memory and Postgres itself', () => {
  it(
    'answer every statement of the services alike, or the statement is on the list of those not compared',
    async () => {
      expect(told(await fuzz.rollCall(1, 2))).toBe('');
      expect(fuzz.neverAnswered()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'answer alike, and make the same sessions wait, whatever two or three sessions do at once',
    async () => {
      const until = clock.monotonicMs() + FOR_MS;
      for (let seed = 1; seed <= LEAST_SCRIPTS || clock.monotonicMs() < until; seed++) {
        expect(told(await fuzz.run(seed))).toBe('');
      }
      const waited = [...fuzz.counts.values()].reduce((sum, { waited }) => sum + waited, 0);
      expect(waited).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
