import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns what the condition was waiting for', async () => {
    let asked = 0;
    expect(await eventually('the third time', () => (++asked === 3 ? 'here' : undefined))).toBe('here');
  });

  it('asks again after an error', async () => {
    let asked = 0;
    const condition = (): boolean => {
      if (++asked < 2) throw new Error('not yet');
      return true;
    };
    expect(await eventually('no error', condition)).toBe(true);
  });

  it('says what was awaited and what was last seen', async () => {
    const never = (): boolean => {
      throw new Error('still closed');
    };
    await expect(eventually('the door opens', never, { timeoutMs: 20 })).rejects.toThrow(
      /Waited 20 ms until the door opens; last seen: Error: still closed/,
    );
  });
});
