import { describe, expect, it } from '@jest/globals';
import type { Measurement } from './measurement.js';
import type { Sabotage } from './sabotage.js';
import { sampleOf } from './sample.js';

const bugs = Array.from({ length: 20 }, (_, place): Sabotage => ({
  name: `bug-${place}`,
  says: 'it is broken',
  breaks: ['A1'],
  edits: [],
}));
const shownIn = (seed: number): Measurement => {
  const found = { seed, broken: ['A1'] };
  return { seed: 1, schedules: 300, found, first: found, shownBy: [] };
};
const measured = Object.fromEntries(bugs.map(({ name }, place) => [name, shownIn(place + 1)]));
const namesOf = (commit: string, of = measured): string[] =>
  sampleOf(bugs, of, commit, 5).map(({ sabotage }) => sabotage.name);

describe('a sample of planted bugs', () => {
  it('is determined by the commit', () => {
    expect(namesOf('a1')).toEqual(namesOf('a1'));
    expect(namesOf('a1')).toHaveLength(5);
    expect(namesOf('a1')).not.toEqual(namesOf('b2'));
  });

  it('contains every bug after enough commits', () => {
    const seen = new Set(Array.from({ length: 60 }, (_, commit) => namesOf(String(commit))).flat());
    expect(seen.size).toBe(bugs.length);
  });

  it('leaves out bugs that were not caught last time, or only after many worlds', () => {
    const { found: _, ...rest } = shownIn(1);
    expect(namesOf('a1', { 'bug-3': shownIn(200), 'bug-4': { ...rest, found: null }, 'bug-5': shownIn(2) })).toEqual([
      'bug-5',
    ]);
  });

  it('starts with the seed that showed the bug last, then tries others', () => {
    expect(sampleOf(bugs, { 'bug-7': shownIn(8) }, 'a1', 1)[0]!.extents).toEqual([
      { seed: 8, schedules: 1 },
      { seed: 1, schedules: 200 },
    ]);
  });
});
