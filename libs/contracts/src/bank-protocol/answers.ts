import { z } from 'zod';
import { declineCodeSchema } from './instruments.js';
import { amountMinorSchema, bankIdSchema, currencySchema, instantSchema, referenceSchema } from './requests.js';

/** Two times on the bank's clock in every answer. `asOf`: the time of the reflected state. `now`: the time of sending. */
export const bankTimeSchema = z.object({ asOf: instantSchema, now: instantSchema });
export type BankTime = z.infer<typeof bankTimeSchema>;

export const refusalCodes = [
  'reversed', // this reference was reversed before it arrived, or since
  'refused_by_bank',
  'network_not_supported',
  'unknown_authorization',
  'authorization_captured',
  'authorization_voided',
  'authorization_reversed',
  'unknown_capture',
  'capture_reversed',
  'amount_too_large',
  'currency_mismatch',
  'not_reversible',
] as const;
export const refusalCodeSchema = z.enum(refusalCodes);
export type RefusalCode = z.infer<typeof refusalCodeSchema>;

const time = bankTimeSchema.shape;
/** A refusal has a bank id too, though the bank performed nothing. */
const refusedSchema = z.object({
  state: z.literal('refused'),
  bankId: bankIdSchema,
  code: refusalCodeSchema,
  ...time,
});

export const authorizeAnswerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('approved'), bankId: bankIdSchema, ...time }),
  z.object({ state: z.literal('declined'), bankId: bankIdSchema, code: declineCodeSchema, ...time }),
  refusedSchema,
]);
export const captureAnswerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('captured'), bankId: bankIdSchema, ...time }),
  refusedSchema,
]);
export const voidAnswerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('voided'), bankId: bankIdSchema, ...time }),
  refusedSchema,
]);
export const refundAnswerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('refunded'), bankId: bankIdSchema, ...time }),
  refusedSchema,
]);

const reversalsSchema = z.array(z.object({ bankId: bankIdSchema, reverses: bankIdSchema }));
/**
 * `reversed`: undone by this request. `already_reversed`: nothing of it stands, or it was voided. `remembered`: unknown,
 * and fenced. `unknown`: unknown and not fenced, so a later arrival is performed; or a foreign bank id.
 */
export const reverseAnswerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('reversed'), bankId: bankIdSchema, reversals: reversalsSchema, ...time }),
  z.object({ state: z.literal('already_reversed'), bankId: bankIdSchema, reversals: reversalsSchema, ...time }),
  z.object({ state: z.literal('remembered'), bankId: bankIdSchema, ...time }),
  z.object({ state: z.literal('unknown'), ...time }),
  refusedSchema,
]);

export const entryKinds = ['authorization', 'capture', 'void', 'refund', 'reversal'] as const;
export const entryKindSchema = z.enum(entryKinds);
export type EntryKind = z.infer<typeof entryKindSchema>;

/** One performance in the bank's books and statements. Immutable. */
export const entrySchema = z.object({
  /** 1, 2, 3, … per bank, without gaps. */
  seq: z.int().positive(),
  bankId: bankIdSchema,
  kind: entryKindSchema,
  reference: referenceSchema,
  account: z.string(),
  chargeId: z.string(),
  amountMinor: amountMinorSchema,
  currency: currencySchema,
  at: instantSchema,
  /** The bank id that it acts on: the authorization of a capture or void, the capture of a refund. */
  of: bankIdSchema.optional(),
  /** The target of a reversal. */
  reverses: bankIdSchema.optional(),
});
export type Entry = z.infer<typeof entrySchema>;

/** An entry with the void or reversal that undid it, if any. */
export const performanceSchema = entrySchema.extend({ undoneBy: bankIdSchema.optional() });
export type Performance = z.infer<typeof performanceSchema>;

/**
 * `found`: every performance under the reference, in order. `not_found`: none as of `asOf`, which is final only
 * at a bank that enforces `validUntil`, once `asOf` lies past it.
 */
export const inquireAnswerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('found'), performances: z.array(performanceSchema).min(1), ...time }),
  z.object({ state: z.literal('not_found'), ...time }),
]);

/** Entries in order of `seq`. No entry is ever added at or below `watermark`. */
export const statementAnswerSchema = z.object({
  state: z.literal('statement'),
  entries: z.array(entrySchema),
  watermark: z.int().nonnegative(),
  more: z.boolean(),
  ...time,
});

export type AuthorizeAnswer = z.infer<typeof authorizeAnswerSchema>;
export type CaptureAnswer = z.infer<typeof captureAnswerSchema>;
export type VoidAnswer = z.infer<typeof voidAnswerSchema>;
export type RefundAnswer = z.infer<typeof refundAnswerSchema>;
export type ReverseAnswer = z.infer<typeof reverseAnswerSchema>;
export type InquireAnswer = z.infer<typeof inquireAnswerSchema>;
export type StatementAnswer = z.infer<typeof statementAnswerSchema>;
export type BankAnswer =
  AuthorizeAnswer | CaptureAnswer | VoidAnswer | RefundAnswer | ReverseAnswer | InquireAnswer | StatementAnswer;

/** The schema of a 200 answer to each operation. */
export const answerSchemas = {
  authorize: authorizeAnswerSchema,
  capture: captureAnswerSchema,
  void: voidAnswerSchema,
  refund: refundAnswerSchema,
  reverse: reverseAnswerSchema,
  inquire: inquireAnswerSchema,
  statement: statementAnswerSchema,
} as const;

export const bankErrorCodes = [
  'not_processed', // 503, and 429 with Retry-After: definite, and not remembered
  'validity_expired', // 409: it arrived after its validUntil; definite, and not remembered
  'reference_reused', // 409: this reference named another operation before; the caller's bug
  'invalid_request', // 400, 404 or 422: outside of the protocol, the caller's bug; definite, and not remembered
  'internal_error', // 500: doubt
] as const;
export const bankErrorCodeSchema = z.enum(bankErrorCodes);
export type BankErrorCode = z.infer<typeof bankErrorCodeSchema>;
/** The body of every answer that is not 200. */
export const bankErrorSchema = z.object({
  error: z.object({ code: bankErrorCodeSchema, message: z.string() }),
  ...time,
});
export type BankError = z.infer<typeof bankErrorSchema>;
