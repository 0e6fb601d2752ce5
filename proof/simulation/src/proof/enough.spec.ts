import { expect, it } from '@jest/globals';
import { countsOf, tooLittle } from './enough.js';

const said = (asked: number, succeeded: number): string[] => tooLittle(new Map(countsOf({ asked, succeeded })));

it('a campaign fails if too few good cards were charged', () => {
  expect(said(1_000, 499)).toEqual(['too little happened (A16): 499 of 1000 good cards were charged with success']);
  expect(said(1_000, 500)).toEqual([]);
  expect(said(300, 0)).toHaveLength(1);
});

it('a few worlds have no minimum share', () => {
  expect(said(299, 0)).toEqual([]);
  expect(tooLittle(new Map())).toEqual([]);
});
