import type { SourceEdit, Sabotage } from '../sabotage.js';

const hold = 'apps/ledger/src/holds/hold.ts';

/** The second line of defence: the books know by their state what they have posted, and take no fee of it again. */
const feeAtEveryCapture: readonly SourceEdit[] = [
  { file: hold, find: 'function feeFor(', replace: 'export function feeFor(' },
  {
    file: 'apps/ledger/src/holds/hold-events.controller.ts',
    find: "assert.deepEqual(event.amount, hold.posted, 'a charge was captured twice, for different amounts');\n        return unchanged(hold);",
    replace:
      'return become({ ...hold, moves: [...hold.moves, { ...feeFor(hold.account, event.amount, because), effect: `fee:${now}` }] });',
  },
  {
    file: 'apps/ledger/src/holds/hold-events.controller.ts',
    find: "from './hold.js';",
    replace: "from './hold.js';\nimport { feeFor } from './hold.js';",
  },
  { file: 'apps/ledger/src/transfers/transfer.ts', find: "  | 'fee'\n", replace: "  | 'fee'\n  | `fee:${string}`\n" },
];

export const events: readonly Sabotage[] = [
  {
    name: 'inbox-skipped',
    says: 'an event that was delivered before is decided again; and the ledger, whose states would stop it, takes the fee of a capture that is delivered again once more',
    breaks: ['A9'],
    edits: [
      {
        file: 'libs/saga/src/batch.ts',
        find: "          outcomes.push({ kind: 'duplicate' });\n          continue;\n",
        replace: '',
      },
      ...feeAtEveryCapture,
    ],
  },
  {
    name: 'outbox-before-commit',
    says: 'events leave before the transaction of their state has committed',
    breaks: ['A2', 'A5', 'A7', 'A15'],
    edits: [
      {
        file: 'libs/messaging/src/outbox.repository.ts',
        find: '    const inserted = tx.query<',
        replace:
          '    this.relay.offer(\n      records.map(({ shard }, index) => ({ id: -Math.ceil(Math.random() * 1e12), behind: null, shard, event: events[index]!, appendedAt: this.clock.now() })),\n    );\n    const inserted = tx.query<',
      },
    ],
  },
  {
    name: 'sweeper-with-new-ids',
    says: 'what is said again is said under new ids, so that nobody says its own again',
    breaks: ['A7', 'A10'],
    edits: [
      {
        file: 'libs/saga/src/sweeper.ts',
        find: '({ ...event, source: service, time: clock.now(), traceparent, resent: true })',
        replace:
          '({ ...event, id: `${event.id}.${clock.now()}`, source: service, time: clock.now(), traceparent, resent: true })',
      },
    ],
  },
  {
    name: 'sweeper-asleep',
    says: 'nothing is said again, however long a charge has stood still',
    breaks: ['A7'],
    edits: [
      {
        file: 'libs/saga/src/sweeper.ts',
        find: 'if (events.length > 0) await',
        replace: 'if (events.length > 1e9) await',
      },
    ],
  },
  {
    name: 'parked-key-freed-too-soon',
    says: 'a key is free once its unreadable event is discarded, although others wait behind it: nobody comes back to them, and what comes next overtakes them',
    breaks: ['A7'],
    edits: [
      {
        file: 'libs/saga/src/parked-events.repository.ts',
        find: '`DELETE FROM parked_key WHERE key = $1 AND NOT EXISTS (\n     SELECT FROM parked_event WHERE parked_event.key = $1 AND discarded_at IS NULL)`',
        replace: '`DELETE FROM parked_key WHERE key = $1`',
      },
    ],
  },
];
