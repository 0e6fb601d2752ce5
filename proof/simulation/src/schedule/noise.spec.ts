import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { Random } from '#virtual-time';
import { notEmpty } from '#testing';
import { noise } from './noise.js';

const bursts = Array.from({ length: 50 }, (_, seed) => noise(new Random(seed)));
const aimOf = (source: string) => bankProtocol.parseFaultToken(source);

describe('a noisy merchant', () => {
  it('puts fault tokens on its own charges, while others charge good cards of the same network', () => {
    for (const creates of notEmpty(bursts)) {
      const loud = creates.filter(({ source }) => aimOf(source) !== undefined);
      const quiet = creates.filter(({ source }) => aimOf(source) === undefined);
      const [noisy] = new Set(loud.map(({ account }) => account));
      expect(loud.length).toBeGreaterThan(quiet.length);
      expect(quiet.length).toBeGreaterThan(0);
      for (const { account, source } of notEmpty(loud)) {
        expect(account).toBe(noisy);
        expect(aimOf(source)).toMatchObject({ at: 'bank', operation: 'authorize', fault: 'not_processed' });
      }
      for (const { account, source } of notEmpty(quiet)) {
        expect(account).not.toBe(noisy);
        expect(loud[0]!.source).toMatch(new RegExp(`${source.replace('tok_', '')}$`));
      }
    }
  });

  it('sends more concurrent requests than two instances admit of one account', () => {
    for (const creates of notEmpty(bursts)) {
      const loud = creates.filter(({ source }) => aimOf(source) !== undefined).map(({ atMs }) => atMs);
      expect(Math.max(...loud) - Math.min(...loud)).toBeLessThan(50);
    }
  });
});
