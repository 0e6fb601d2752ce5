import { beforeAll, describe, expect, it } from '@jest/globals';
import { outsidePromises } from '#simulation';
import { sabotages } from '../../../../infra/sabotage/sabotages.js';
import { brokenBy, definitions, run } from '../campaign/one-run.js';
import type { Definitions } from '../world/world.js';
import { regressions } from './regressions.js';

let services: Definitions;
beforeAll(async () => {
  services = await definitions();
});

describe('not again:', () => {
  it('each names the planted bug that takes its fix back', () => {
    const planted = sabotages.map(({ name }) => name);
    expect(regressions.map(({ plantedAs }) => plantedAs).filter((name) => !planted.includes(name))).toEqual([]);
    expect(regressions.length).toBeGreaterThan(0);
  });

  it.each(regressions.map((regression) => [regression.bug, regression] as const))('%s', async (_, { schedule }) => {
    const broken = await outsidePromises(() => brokenBy(run(schedule, services)));
    expect(broken).toEqual([]);
  });
});
