import { describe, expect, it } from '@jest/globals';
import { isPathId } from './path-ids.js';

describe('a segment of a path', () => {
  it.each(['ch_08jjRNLY0ky', 're_1', 'txn_08jjRNLY0ky', 'clock_08jjRNLY0ky', 'pi_3MtwBwLkdIwHu7ix28a3tqPa', 'ch_nope'])(
    'is an id of some object: %s',
    (segment) => expect(isPathId(segment)).toBe(true),
  );

  it.each([
    '',
    'search',
    'ch_',
    '_1',
    'ch',
    'CH_1',
    'ch_1/2',
    'ch_1 ',
    'ch_ä',
    'ch_1\n',
    '..',
    'ch_1;x',
    '../charges',
    `ch_${'x'.repeat(253)}`,
  ])('is none: %j', (segment) => expect(isPathId(segment)).toBe(false));
});
