import type { VersionChange } from './version-change.js';

/**
 * A charge named its order, of an API that has ended.
 *
 * https://github.com/stripe/stripe-node/blob/master/CHANGELOG.md, 9.0.0
 */
export const orderOfCharge: VersionChange = {
  version: '2022-08-01',
  before: { charge: (charge) => ({ ...charge, order: null }) },
};
