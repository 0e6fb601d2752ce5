import { bankProtocol } from '#contracts';
import { decide } from './bank.js';
import { Books } from './books.js';
import type { FaultEffect } from './decision.js';

type Request = bankProtocol.BankRequest;

/** Noon on the bank's clock. Requests are valid for three seconds from then on. */
export const noon = 1_800_000_000_000;

const movement = (reference: string) => ({ reference, validUntil: noon + 3_000, account: 'acct_1', chargeId: 'ch_1' });
const dollars = (amountMinor: number) => ({ amountMinor, currency: 'usd' });

export function authorize(
  reference: string,
  options: { amountMinor?: number; brand?: bankProtocol.Brand; behavior?: bankProtocol.InstrumentBehavior } = {},
): Request & { kind: 'authorize' } {
  const { amountMinor = 1000, brand = 'visa', behavior = 'approve' } = options;
  const instrument = { brand, last4: '4242', fingerprint: 'fp_1', behavior };
  return { kind: 'authorize', ...movement(reference), ...dollars(amountMinor), instrument };
}

export const capture = (reference: string, authorizationId: string, amountMinor = 1000): Request => ({
  kind: 'capture',
  authorizationId,
  ...movement(reference),
  ...dollars(amountMinor),
});

export const voiding = (reference: string, authorizationId: string): Request => ({
  kind: 'void',
  authorizationId,
  ...movement(reference),
});

export const refund = (reference: string, captureId: string, amountMinor = 1000): Request => ({
  kind: 'refund',
  captureId,
  ...movement(reference),
  ...dollars(amountMinor),
});

export const reverse = (reference: string, target: bankProtocol.ReversalTarget): Request => ({
  kind: 'reverse',
  ...movement(reference),
  target,
});

export const inquire = (reference: string): Request => ({
  kind: 'inquire',
  reference,
  account: 'acct_1',
  chargeId: 'ch_1',
});

export const statement = (after = 0, limit = 1000): Request => ({ kind: 'statement', after, limit });

/** One bank without disk or network. `at` sets the time, in milliseconds after noon. */
export function bank(name: bankProtocol.BankName) {
  const journal: bankProtocol.JournalRecord[] = [];
  let books = new Books(bankProtocol.bankProfiles[name]);
  return {
    journal,
    get books() {
      return books;
    },
    /** The bank's answer without the time of sending, validated against the protocol. */
    asked(request: Request, options: FaultEffect & { at?: number } = {}) {
      const { at = 0, ...twist } = options;
      const { reply, records } = decide(books, request, { now: noon + at, ...twist });
      for (const record of records) books.apply(bankProtocol.journalRecordSchema.parse(record));
      journal.push(...records);
      const schema = reply.status === 200 ? bankProtocol.answerSchemas[request.kind] : bankProtocol.bankErrorSchema;
      schema.parse({ ...reply.body, now: noon + at });
      const answer: Record<string, unknown> = { status: reply.status, ...reply.body };
      return answer as typeof answer & { bankId: string };
    },
    /** The bank after a crash, restored from the journal. */
    restarted() {
      books = new Books(bankProtocol.bankProfiles[name]);
      for (const record of journal) books.apply(JSON.parse(JSON.stringify(record)) as bankProtocol.JournalRecord);
    },
    entries() {
      return books.positions.map(({ entry }) => `${entry.kind} ${entry.amountMinor}`);
    },
  };
}

/** The network that each bank serves first. */
export const brandOf = bankProtocol.byBank((name) => bankProtocol.bankProfiles[name].networks[0]!);
