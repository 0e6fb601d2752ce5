import { describe, expect, it } from '@jest/globals';
import type { Sabotage } from './sabotage.js';
import { sabotages } from './sabotages.js';
import { edited, sourcesOf } from './scratch.js';
import { typeErrorsOf } from './typecheck.js';

const file = 'libs/money/src/fee.ts';
const planted = (name: string, find: string, replace: string): Sabotage => ({
  name,
  says: 'the test plants it',
  breaks: ['A17'],
  edits: [{ file, find, replace }],
});

describe('planted bugs', () => {
  it.each(sabotages.map((sabotage) => [sabotage.name, sabotage] as const))(
    'the edits of %s match exactly once',
    async (_, sabotage) => {
      expect((await sourcesOf(sabotage)).size).toBeGreaterThan(0);
    },
  );

  it('have unique names, and a promise that they break or a test that shows them', () => {
    expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length);
    expect(sabotages.filter(({ breaks, shownBySpec }) => breaks.length === 0 && !shownBySpec)).toEqual([]);
  });

  it('are rejected if an edit matches nowhere, or more than once', () => {
    const edit = { file: 'a.ts', find: 'x', replace: 'y' };
    expect(edited('a x b', edit)).toBe('a y b');
    expect(() => edited('a b', edit)).toThrow('a.ts: matches nowhere: x');
    expect(() => edited('x x', edit)).toThrow('a.ts: matches more than once: x');
  });

  it('compile, so that none is caught by a syntax or type error', async () => {
    const nonsense = planted('nonsense', 'export function feeOn', 'const wrong: string = 1;\nexport function feeOn');
    const missing = planted('missing', 'export function feeOn', 'export function feeFor');
    const errors = await typeErrorsOf([...sabotages, nonsense, missing]);
    expect([...(errors.get('nonsense') ?? []), ...(errors.get('missing') ?? [])]).toEqual([
      expect.stringContaining("Type 'number' is not assignable to type 'string'"),
      expect.stringContaining('feeOn'),
    ]);
    errors.delete('nonsense');
    errors.delete('missing');
    expect(Object.fromEntries(errors)).toEqual({});
    // TypeScript checks a copy of the sources for each bug.
  }, 300_000);
});
