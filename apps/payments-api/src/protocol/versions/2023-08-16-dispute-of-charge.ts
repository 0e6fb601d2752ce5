import type { VersionChange } from './version-change.js';

/**
 * A charge had `dispute` and `destination`, which the types of the package that pins this version lack.
 *
 * https://github.com/stripe/stripe-node/blob/master/CHANGELOG.md, 13.0.0
 */
export const disputeOfCharge: VersionChange = {
  version: '2023-08-16',
  before: { charge: (charge) => ({ ...charge, destination: null, dispute: null }) },
};
