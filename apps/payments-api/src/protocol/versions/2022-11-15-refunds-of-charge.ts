import type { VersionChange } from './version-change.js';

/**
 * A charge contained its latest refunds, whether they were expanded or not.
 *
 * https://docs.stripe.com/changelog/2022-11-15/deprecates-charges-auto-expand
 */
export const refundsOfCharge: VersionChange = {
  version: '2022-11-15',
  before: {},
  expanded: { charge: ['refunds'] },
};
