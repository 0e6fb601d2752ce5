import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns the condition’s value', async () => {
    let asked = 0;
    expect(await eventually('the third time', () => (++asked === 3 ? 'here' : undefined))).toBe('here');
  });

  it('retries after an error', async () => {
    let asked = 0;
    const condition = (): boolean => {
      if (++asked < 2) throw new Error('not yet');
      return true;
    };
    expect(await eventually('no error', condition)).toBe(true);
  });

  it('reports the condition and its last value', async () => {
    const never = (): boolean => {
      throw new Error('still closed');
    };
    await expect(eventually('the door opens', never, { timeoutMs: 20 })).rejects.toThrow(
      /Waited 20 ms until the door opens; last seen: Error: still closed/,
    );
  });
});
