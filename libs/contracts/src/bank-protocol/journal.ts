import { z } from 'zod';
import { bankErrorCodeSchema, entrySchema, refusalCodeSchema } from './answers.js';
import { bankNameSchema } from './banks.js';
import { declineCodeSchema, instrumentSchema } from './instruments.js';
import { bankIdSchema, bankOperationSchema, instantSchema, referenceSchema } from './requests.js';

/** A request as it reached the bank. */
export const requestRecordSchema = z.object({
  type: z.literal('request'),
  at: instantSchema,
  operation: bankOperationSchema,
  reference: referenceSchema.optional(),
  validUntil: instantSchema.optional(),
  account: z.string().optional(),
  chargeId: z.string().optional(),
  /** The fault token of its charge, whether or not it hit. */
  token: z.string().optional(),
  instanceId: z.string().optional(),
  attemptId: z.string().optional(),
  traceparent: z.string().optional(),
  /** The fault that hit it, and its rule (`token` for the charge's own). */
  fault: z.object({ name: z.string(), by: z.string() }).optional(),
});
/** A performance. `attemptId` is the attempt that caused it. */
export const entryRecordSchema = entrySchema.extend({
  type: z.literal('entry'),
  attemptId: z.string().optional(),
  /** Of an authorization. */
  card: instrumentSchema.omit({ behavior: true }).optional(),
});
/** A refusal. An idempotent bank repeats it; `error` codes are for the record only. */
export const refusalRecordSchema = z.object({
  type: z.literal('refusal'),
  at: instantSchema,
  bankId: bankIdSchema,
  operation: bankOperationSchema,
  reference: referenceSchema,
  /** Absent in older journals. */
  chargeId: z.string().optional(),
  state: z.enum(['declined', 'refused', 'error']),
  code: z.union([declineCodeSchema, refusalCodeSchema, bankErrorCodeSchema]),
  attemptId: z.string().optional(),
});
/** From here on the reference is refused forever. */
export const fenceRecordSchema = z.object({
  type: z.literal('fence'),
  at: instantSchema,
  bankId: bankIdSchema,
  reference: referenceSchema,
  /** The charge of the reversal. Absent in older journals. */
  chargeId: z.string().optional(),
});

/** One line of a bank's journal. */
export const journalRecordSchema = z.discriminatedUnion('type', [
  requestRecordSchema,
  entryRecordSchema,
  refusalRecordSchema,
  fenceRecordSchema,
]);
export type JournalRecord = z.infer<typeof journalRecordSchema>;
export type RequestRecord = z.infer<typeof requestRecordSchema>;
export type EntryRecord = z.infer<typeof entryRecordSchema>;
export type RefusalRecord = z.infer<typeof refusalRecordSchema>;
export type FenceRecord = z.infer<typeof fenceRecordSchema>;

/** GET /banks/:bank/journal?after=CURSOR: repeat from `next` until a page is empty. */
export const journalPageSchema = z.object({ records: z.array(journalRecordSchema), next: z.int().nonnegative() });
export type JournalPage = z.infer<typeof journalPageSchema>;

/** GET /banks/:bank/journal/charges/:charge: all records of one charge, in order. */
export const chargeRecordsSchema = z.object({ records: z.array(journalRecordSchema) });
export type ChargeRecords = z.infer<typeof chargeRecordsSchema>;

const sum = z.int().nonnegative();
/**
 * GET /banks/:bank/totals, per currency, in minor units. `captured`, `refunded`, … sum all performances; `reversed` sums
 * undone ones; `held` sums standing uncaptured authorizations; `net` = standing captures − standing refunds.
 */
export const totalsSchema = z.object({
  bank: bankNameSchema,
  watermark: z.int().nonnegative(),
  currencies: z.record(
    z.string(),
    z.object({
      authorized: sum,
      captured: sum,
      voided: sum,
      refunded: sum,
      reversed: sum,
      held: sum,
      net: z.int(),
    }),
  ),
});
export type Totals = z.infer<typeof totalsSchema>;
