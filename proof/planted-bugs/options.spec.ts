import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';

const read = (...args: string[]) => readOptions(args, ['one', 'another'], 2);

describe('npm run sabotage', () => {
  it('tries every bug by default', () => {
    expect(read()).toMatchObject({ names: [], schedules: 300, seed: 1, threads: 2, write: false, sample: undefined });
    expect(read('one', '--seed', '7', '--schedules', '1')).toMatchObject({ names: ['one'], seed: 7, schedules: 1 });
    expect(read('--sample', '4')).toMatchObject({ sample: 4 });
  });

  it.each([
    ['an unknown bug', ['third'], 'there is no planted bug third'],
    ['a sample of named bugs', ['one', '--sample', '2'], '--sample cannot be combined with names or --write'],
    ['a seed that is no number', ['--seed', 'x'], '--seed must be an integer of at least 0'],
    ['less than one world', ['--schedules', '0'], '--schedules must be an integer of at least 1'],
  ])('refuses %s', (_, args, message) => {
    expect(() => read(...args)).toThrow(message);
  });
});
