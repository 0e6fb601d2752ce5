import { captureAndCancellationAtOnce } from './capture-and-cancellation-at-once.js';
import { failedNeighbour } from './failed-neighbour.js';
import type { Regression } from './regression.js';
import { sweptAgainAndAgain } from './swept-again-and-again.js';

/** Run with the unit tests, and against every bug that is planted. */
export const regressions: readonly Regression[] = [captureAndCancellationAtOnce, failedNeighbour, sweptAgainAndAgain];
