import { describe, expect, it } from '@jest/globals';
import { readMeasurements } from '../../../planted-bugs/measurement.js';
import { sabotages } from '../../../planted-bugs/sabotages.js';
import { regressions } from './regressions.js';

const named = regressions.map(({ name, plantedAs }) => ({ name, plantedAs }));

describe('the planted bug of a regression', () => {
  it.each(named)('$plantedAs exists, and breaks $name in its measurement', async ({ name, plantedAs }) => {
    expect(sabotages.map((sabotage) => sabotage.name)).toContain(plantedAs);
    const measured = (await readMeasurements())[plantedAs];
    if (measured) expect(measured.shownBy.map((regression) => regression.name)).toContain(name);
  });
});
