import type { Sabotage } from '../sabotage.js';

const comparison = 'apps/ledger/src/reconciliation/comparison.repository.ts';

export const reconciliation: readonly Sabotage[] = [
  {
    name: 'entries-of-banks-not-compared',
    says: 'reconciliation ignores bank entries without a ledger transfer, so a second performance is never reversed',
    breaks: ['A1', 'A8'],
    edits: [
      {
        file: comparison,
        find: 'FROM transfer WHERE transfer.charge_id = ripe.charge_id\n     ) IS NOT TRUE',
        replace: "FROM transfer WHERE transfer.charge_id = ripe.charge_id\n     ) IS NOT TRUE AND ripe.bank_id = ''",
      },
    ],
  },
  {
    name: 'transfers-not-compared',
    says: 'reconciliation ignores ledger transfers without a bank entry',
    breaks: ['A8'],
    shownBySpec: {
      file: 'apps/ledger/src/reconciliation/reconciliation.real.spec.ts',
      because: 'no simulated bank loses an entry, so the ledger never has a transfer without one',
    },
    edits: [
      {
        file: comparison,
        find: "WHERE bank IS NOT NULL AND (effect = 'release' OR",
        replace: "WHERE bank = '' AND (effect = 'release' OR",
      },
    ],
  },
  {
    name: 'statement-watermark-off-by-one',
    says: 'a statement page claims to reach one entry further than it does, so the ledger never compares that entry',
    breaks: ['A1', 'A8'],
    edits: [
      {
        file: 'apps/bank-gateway/src/statements/statement-page.ts',
        find: '      entries,\n    },\n    cursor:',
        replace: '      entries: entries.slice(0, -1),\n    },\n    cursor:',
      },
    ],
  },
  {
    name: 'statement-page-not-published',
    says: 'the statement cursor moves past a page that is not published, so the ledger never compares its entries',
    breaks: ['A1', 'A8'],
    edits: [
      {
        file: 'apps/bank-gateway/src/statements/statement-cursor.repository.ts',
        find: 'this.outbox.append(tx, [event]);',
        replace: 'if (page.entries.length !== 1) this.outbox.append(tx, [event]);',
      },
    ],
  },
  {
    name: 'stray-left-to-stand',
    says: 'the gateway does not reverse a stray that the ledger reports',
    breaks: ['A1', 'A8'],
    edits: [
      {
        file: 'apps/bank-gateway/src/authorizations/authorization/stray.ts',
        find: 'if (isReversed || isRecorded(authorization, bank, stray.bankId)) return authorization;',
        replace:
          "if (isReversed || stray.bankId !== '' || isRecorded(authorization, bank, stray.bankId)) return authorization;",
      },
    ],
  },
];
