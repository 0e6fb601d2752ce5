import type { SourceEdit, Sabotage } from '../sabotage.js';

const hold = 'apps/ledger/src/holds/hold.ts';

/** The second line of defence, taken away: the ledger's state says that a capture is posted and its fee taken. */
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
    says: 'a redelivered event is decided again; the ledger’s state check, the second line of defence, takes the fee of a repeated capture once more',
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
    says: 'events are published before their transaction commits',
    breaks: ['A2', 'A5', 'A7', 'A15'],
    edits: [
      {
        file: 'libs/messaging/src/outbox.repository.ts',
        find: '    tx.enqueue<InsertedRow>(',
        replace:
          '    this.relay.offer(\n      records.map(({ shard }, index) => ({ id: -Math.ceil(Math.random() * 1e12), behind: null, shard, event: events[index]!, appendedAt: this.clock.now() })),\n    );\n    tx.enqueue<InsertedRow>(',
      },
    ],
  },
  {
    name: 'sweeper-with-new-ids',
    says: 'the sweeper resends requests under new event ids, so no service recognizes them and restates its own last event',
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
    says: 'the sweeper resends nothing, however long a charge has not moved',
    breaks: ['A7'],
    edits: [
      {
        file: 'libs/saga/src/sweeper.ts',
        find: 'if (events.length > 0) outbox.append',
        replace: 'if (events.length > 1e9) outbox.append',
      },
    ],
  },
  {
    name: 'parked-key-freed-too-soon',
    says: 'discarding a parked event frees its key although others are parked behind it: those stay parked for ever and later events overtake them',
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
