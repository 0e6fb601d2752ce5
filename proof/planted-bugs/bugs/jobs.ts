import type { Sabotage } from '../sabotage.js';

const stalledCharges = 'apps/payments-api/src/charges/store/stalled-charges.repository.ts';

export const jobs: readonly Sabotage[] = [
  {
    name: 'job-throws',
    says: 'every run of the balance roll-up throws, so each read adds up all movements since the last good run',
    breaks: ['A18'],
    edits: [
      {
        file: 'apps/payments-api/src/balance/balance.repository.ts',
        find: 'SET net_minor = rolled.net_minor + excluded.net_minor,',
        replace: 'SET net_minor = rolled.net_minor / 0 + excluded.net_minor,',
      },
    ],
  },
  {
    name: 'sweeper-overflows',
    says: 'the sweeper’s backoff overflows for a charge that has waited long, and its statement fails from then on',
    breaks: ['A18'],
    edits: [
      {
        file: stalledCharges,
        find: "CASE WHEN sweeps = 0 THEN interval '15 s' ELSE interval '30 s' END",
        replace: "least(15 * 2 ^ (sweeps * 1021), 30) * interval '1 s'",
      },
    ],
  },
];
