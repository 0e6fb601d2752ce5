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
    name: 'lapse-too-early',
    says: 'an authorization lapses after seven days counted in seconds where milliseconds are meant: after ten minutes',
    breaks: ['A17'],
    edits: [{ file: hold, find: HELD_FOR, replace: 'HELD_FOR_MS = 7 * 24 * 60 * 60;' }],
  },
  {
    name: 'lapse-too-late',
    says: 'an authorization lapses after eight days, and not after seven',
    breaks: ['A17'],
    edits: [{ file: hold, find: HELD_FOR, replace: 'HELD_FOR_MS = 8 * 24 * 60 * 60 * 1_000;' }],
  },
  {
    name: 'lapse-never',
    says: 'an authorization that nobody captures is never given back to the card',
    breaks: ['A17'],
    edits: [neverLapses],
  },
  {
    name: 'captured-after-its-lapse',
    says: 'an authorization can be captured although its seven days are over; and the job, which would have given it back, leaves it alone',
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
    says: 'a test clock that is advanced keeps its old time for everything but its own object',
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
    says: 'retention deletes a test clock after an hour, so that its account falls back into the present',
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
    says: 'the end of the validity of an attempt lies in the past when it is sent, so that banks which enforce it refuse everything',
    breaks: ['A16'],
    edits: [
      {
        file: 'apps/bank-gateway/src/banks/banks.ts',
        find: 'this.#times.earliest(bank) + this.validForMs }',
        replace: 'this.#times.earliest(bank) - this.validForMs }',
      },
    ],
  },
];
