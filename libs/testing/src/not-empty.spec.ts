import { expect, it } from '@jest/globals';
import { notEmpty } from './not-empty.js';

it('`notEmpty` rejects an empty list', () => {
  expect(notEmpty(new Set([1, 2]))).toEqual([1, 2]);
  expect(() => notEmpty([])).toThrow('there is nothing to look at');
  expect(() => notEmpty(new Map())).toThrow('there is nothing to look at');
});
