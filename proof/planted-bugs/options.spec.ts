import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';

const read = (...args: string[]) => readOptions(args, ['one', 'another'], 2);

describe('npm run sabotage', () => {
  it('tries out everything unless told otherwise', () => {
    expect(read()).toMatchObject({ names: [], schedules: 300, seed: 1, threads: 2, write: false, sample: undefined });
    expect(read('one', '--seed', '7', '--schedules', '1')).toMatchObject({ names: ['one'], seed: 7, schedules: 1 });
    expect(read('--sample', '4')).toMatchObject({ sample: 4 });
  });

  it.each([
    ['a bug that there is not', ['third'], 'no planted bug is named third'],
    ['a sample of named bugs', ['one', '--sample', '2'], '--sample takes neither names nor --write'],
    ['no number', ['--seed', 'x'], '--seed takes a whole number from 0 on'],
    ['less than one world', ['--schedules', '0'], '--schedules takes a whole number from 1 on'],
  ])('refuses %s', (_, args, message) => {
    expect(() => read(...args)).toThrow(message);
  });
});
