import type { Sabotage } from '../sabotage.js';

const hold = 'apps/ledger/src/holds/hold.ts';

export const books: readonly Sabotage[] = [
  {
    name: 'hold-left-open',
    says: 'the ledger keeps a hold after its authorization was voided',
    breaks: ['A3'],
    edits: [
      {
        file: hold,
        find: "    hold.state === 'pending'\n      ? [",
        replace: "    hold.state === 'pending' && hold.amount.amountMinor < 0\n      ? [",
      },
    ],
  },
  {
    name: 'hold-voided-twice',
    says: 'a hold is voided by two transfers, and the unique index that would reject the second is missing',
    breaks: ['A6'],
    edits: [
      {
        file: hold,
        find: '    suspended: suspendedBy(hold),\n    moves,\n',
        replace:
          "    suspended: suspendedBy(hold),\n    moves: moves.flatMap((move): Transfer[] => (move.kind === 'void' ? [move, { ...move, effect: 'released' }] : [move])),\n",
      },
      {
        file: 'apps/ledger/src/transfers/transfer.ts',
        find: "  | 'release'\n",
        replace: "  | 'release'\n  | 'released'\n",
      },
      {
        file: 'apps/ledger/src/migrations/0001-create-ledger.migration.ts',
        find: 'CREATE UNIQUE INDEX transfer_resolved_once',
        replace: 'CREATE INDEX transfer_resolved_once',
      },
    ],
  },
];
