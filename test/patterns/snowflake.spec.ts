import { describe, expect } from '@jest/globals';
import { Snowflake, snowflakeEpoch, type SnowflakeOptions } from '#snowflake';
import { FakeClock } from '#testing';
import { bothVersions } from './both-versions.js';
import { NaiveSnowflake } from './naive-snowflake.js';

type Start = (options: SnowflakeOptions) => { next(): bigint };

const now = snowflakeEpoch + 1_000_000;
const increases = (ids: readonly bigint[]): boolean => ids.every((id, n) => n === 0 || id > ids[n - 1]!);

describe('unique ids', () => {
  bothVersions<Start>(
    { naive: (options) => new NaiveSnowflake(options), hardened: (options) => new Snowflake(options) },
    {
      'ids are unique although one millisecond is asked for 5000'(start) {
        const ids = start({ workerId: 1, clock: new FakeClock({ now }) });
        const issued = Array.from({ length: 5_000 }, () => ids.next());
        expect(new Set(issued).size).toBe(5_000);
      },
      'ids increase although the clock steps back'(start) {
        const clock = new FakeClock({ now });
        const ids = start({ workerId: 1, clock });
        const before = ids.next();
        clock.stepWall(-1_000);
        expect(increases([before, ids.next(), ids.next()])).toBe(true);
      },
      'a restarted process repeats no id of its predecessor although its clock was set back'(start) {
        const clock = new FakeClock({ now });
        const before = start({ workerId: 1, clock });
        const issued = [before.next(), before.next()];
        clock.stepWall(-1_000);
        // The worker id's row holds the bound. It is written before any id may have that time.
        const after = start({ workerId: 1, clock, after: now });
        expect(increases([...issued, after.next()])).toBe(true);
      },
    },
  );
});
