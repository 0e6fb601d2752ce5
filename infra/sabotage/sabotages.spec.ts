import { describe, expect, it } from '@jest/globals';
import { sabotages } from './sabotages.js';
import { edited, sourcesOf } from './scratch.js';

describe('planted bugs', () => {
  it.each(sabotages.map((sabotage) => [sabotage.name, sabotage] as const))(
    '%s still finds its place',
    async (_, sabotage) => {
      expect((await sourcesOf(sabotage)).size).toBeGreaterThan(0);
    },
  );

  it('have a name each', () => {
    expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length);
  });

  it('are refused where their place is not one', () => {
    const edit = { file: 'a.ts', find: 'x', replace: 'y' };
    expect(edited('a x b', edit)).toBe('a y b');
    expect(() => edited('a b', edit)).toThrow('a.ts: nowhere: x');
    expect(() => edited('x x', edit)).toThrow('a.ts: more than once: x');
  });
});
