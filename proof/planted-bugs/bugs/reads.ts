import type { Sabotage } from '../sabotage.js';

const listPages = 'apps/payments-api/src/lists/list-pages.ts';
const listStatements = 'apps/payments-api/src/lists/list-statements.repository.ts';
const chargeReading = 'apps/payments-api/src/charges/reading/charge-reading.ts';
const details = 'apps/payments-api/src/charges/parameters/charge-details.ts';
const metadata = 'apps/payments-api/src/protocol/metadata.ts';

export const reads: readonly Sabotage[] = [
  {
    name: 'cursor-inclusive',
    says: 'the page after a cursor starts with the cursor’s own object, so the list repeats it',
    breaks: ['A17'],
    edits: [
      {
        file: listStatements,
        find: '(created_at, id) < (coalesce(',
        replace: '(created_at, id) <= (coalesce(',
      },
    ],
  },
  {
    name: 'cursor-skips-its-millisecond',
    says: 'the page after a cursor skips objects created in the same millisecond as the cursor’s',
    breaks: ['A17'],
    edits: [
      {
        file: listStatements,
        find: "'infinity'), $3)",
        replace: "'infinity'), CASE WHEN $3 = '' THEN $3 ELSE '0' END)",
      },
    ],
  },
  {
    name: 'has-more-forgotten',
    says: '`has_more` is false on a full page, so a reader stops too early',
    breaks: ['A17'],
    edits: [
      {
        file: listPages,
        find: 'if (data.length === limit) return { data, hasMore: true };',
        replace: 'if (data.length === limit) return { data, hasMore: false };',
      },
    ],
  },
  {
    name: 'page-before-a-cursor-not-turned',
    says: 'a page with `ending_before` lists its oldest object first',
    breaks: ['A17'],
    edits: [
      {
        file: listPages,
        find: "if (query.page.direction === 'up') data.reverse();",
        replace: "if (query.page.direction === 'down') data.slice();",
      },
    ],
  },
  {
    name: 'list-filter-ignored',
    says: 'the list of refunds ignores its `charge` filter',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/reading/refund-reading.ts',
        find: 'limit, account, filters }),',
        replace: 'limit, account, filters: { ...filters, charge: null } }),',
      },
    ],
  },
  {
    name: 'charge-read-from-a-cache',
    says: 'an instance caches a charge at the first read and never refreshes it',
    breaks: ['A17'],
    edits: [
      {
        file: chargeReading,
        find: 'const charge = await findCharge(this.database, account, id, expand);\n    if (!charge) throw',
        replace:
          'const charge = this.seen.get(`${account} ${id}`) ?? (await findCharge(this.database, account, id, expand));\n    if (charge) this.seen.set(`${account} ${id}`, charge);\n    if (!charge) throw',
      },
      {
        file: chargeReading,
        find: 'export class ChargeReading {\n',
        replace: 'export class ChargeReading {\n  private readonly seen = new Map<string, OpenedCharge>();\n\n',
      },
    ],
  },
  {
    name: 'metadata-lost-at-creation',
    says: 'a charge is opened without the requested metadata',
    breaks: ['A17'],
    edits: [
      {
        file: details,
        find: 'return { ...noDetails, ...changesOf(given, noDetails), metadata };',
        replace: 'return { ...noDetails, ...changesOf(given, noDetails), metadata: metadata && noDetails.metadata };',
      },
    ],
  },
  {
    name: 'metadata-replaced-by-an-update',
    says: 'an update of one metadata key removes all others',
    breaks: ['A17'],
    edits: [
      {
        file: metadata,
        find: 'const merged = new Map(Object.entries(before));',
        replace: 'const merged = new Map<string, string>(Object.entries(before).slice(0, 0));',
      },
    ],
  },
  {
    name: 'update-acknowledged-and-lost',
    says: 'an update of a charge is answered but not saved',
    breaks: ['A17', 'A13'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/charge-update.ts',
        find: 'if (Object.keys(changes).length > 0) this.charges.enqueue',
        replace: 'if (Object.keys(changes).length > 99) this.charges.enqueue',
      },
    ],
  },
  {
    name: 'decline-told-as-another',
    says: 'every decline is shown as `generic_decline`, whatever the bank’s reason',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge/failure.ts',
        find: "return declinedByBank(ending.code, 'The bank did not accept the payment.');",
        replace: "return declinedByBank(ending.code && 'generic_decline', 'The bank did not accept the payment.');",
      },
    ],
  },
  {
    name: 'capture-race-loser-told-captured',
    says: 'a capture that lost the race against a cancellation is answered with “already captured”',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/answers/charge-answer.ts',
        find: ': alreadyRefunded(id)).answer;',
        replace: ': alreadyCaptured(id)).answer;',
      },
      {
        file: 'apps/payments-api/src/charges/answers/charge-answer.ts',
        find: 'import { alreadyRefunded, expiredForCapture }',
        replace: 'import { alreadyCaptured, expiredForCapture }',
      },
    ],
  },
];
