import { captureAndCancellationAtOnce } from './capture-and-cancellation-at-once.js';
import { failedNeighbour } from './failed-neighbour.js';
import type { Regression } from './regression.js';
import { sweptAgainAndAgain } from './swept-again-and-again.js';

/** All regressions. They run with the unit tests and on every planted bug. */
export const regressions: readonly Regression[] = [captureAndCancellationAtOnce, failedNeighbour, sweptAgainAndAgain];
