import { beforeAll, describe, expect, it } from '@jest/globals';
import { outsidePromises } from '#virtual-time';
import { brokenBy, definitions, run } from '../campaign/one-run.js';
import type { Definitions } from '../world/world.js';
import { regressions } from './regressions.js';

let services: Definitions;
beforeAll(async () => {
  services = await definitions();
});

describe('fixed bug:', () => {
  it.each(regressions.map((regression) => [regression.bug, regression] as const))('%s', async (_, { schedule }) => {
    const broken = await outsidePromises(() => brokenBy(run(schedule, services)));
    expect(broken).toEqual([]);
  });
});
