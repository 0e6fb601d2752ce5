import type { SourceEdit, Sabotage } from '../sabotage.js';

const hold = 'apps/payments-api/src/charges/charge/manual-authorization.ts';
const HELD_FOR = 'HELD_FOR_MS = 7 * 24 * 60 * 60 * 1_000;';

const neverLapses: SourceEdit = {
  file: 'apps/payments-api/src/charges/charge/expiry.ts',
  find: 'if (lapses === null || now < lapses) return unchanged(before);',
  replace: 'if (lapses === null || now < lapses || now > 0) return unchanged(before);',
};

export const time: readonly Sabotage[] = [
  {
    name: 'balance-transactions-in-real-time',
    says: 'the ledger’s times are shown as they are: under a test clock, a balance transaction is older than its charge',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge/account-posting.ts',
        find: 'const shownAt = postedAt + offsetMs;',
        replace: 'const shownAt = postedAt + Math.min(offsetMs, 0);',
      },
    ],
  },
  {
    name: 'lapse-too-early',
    says: 'authorization expiry takes seconds for milliseconds: seven days become ten minutes',
    breaks: ['A17'],
    edits: [{ file: hold, find: HELD_FOR, replace: 'HELD_FOR_MS = 7 * 24 * 60 * 60;' }],
  },
  {
    name: 'lapse-too-late',
    says: 'an authorization expires after eight days instead of seven',
    breaks: ['A17'],
    edits: [{ file: hold, find: HELD_FOR, replace: 'HELD_FOR_MS = 8 * 24 * 60 * 60 * 1_000;' }],
  },
  {
    name: 'lapse-never',
    says: 'an authorization that is not captured never expires',
    breaks: ['A17'],
    edits: [neverLapses],
  },
  {
    name: 'captured-after-its-lapse',
    says: 'an expired authorization can be captured, and the expiry job skips it',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/capture-charge.ts',
        find: 'return lapses !== null && now >= lapses ? expiredForCapture(id) : undefined;',
        replace: 'return lapses !== null && now < 0 ? expiredForCapture(id) : undefined;',
      },
      neverLapses,
    ],
  },
  {
    name: 'advanced-clock-forgotten',
    says: 'advancing a test clock changes only its own object, not the time of its account',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/test-clocks/test-clock.ts',
        find: 'return { ...clock, frozenTime, offsetMs: Math.max(clock.offsetMs, frozenTime - now) };',
        replace: 'return { ...clock, frozenTime, offsetMs: Math.min(clock.offsetMs, frozenTime - now) };',
      },
    ],
  },
  {
    name: 'test-clock-retired-after-an-hour',
    says: 'retention deletes a test clock after an hour, so its account goes back to real time',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/test-clocks/test-clock.ts',
        find: 'KEPT_MS = 30 * 24 * 60 * 60 * 1_000;',
        replace: 'KEPT_MS = 60 * 60 * 1_000;',
      },
    ],
  },
  {
    name: 'attempt-expired-when-sent',
    says: '`validUntil` of an attempt is already past when it is sent, so banks that enforce it refuse everything',
    breaks: ['A16'],
    edits: [
      {
        file: 'apps/bank-gateway/src/banks/banks.ts',
        find: 'this.#times.earliest(bank) + this.validForMs }',
        replace: 'this.#times.earliest(bank) - this.validForMs }',
      },
    ],
  },
  {
    name: 'clock-told-as-before',
    says: 'the answer to an advance shows the time at which the test clock was made, not the one that it was set to',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/test-clocks/test-clock.ts',
        find: 'frozen_time: seconds(frozenTime),',
        replace: 'frozen_time: seconds(createdAt),',
      },
    ],
  },
];
