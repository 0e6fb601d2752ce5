import { z } from 'zod';
import { instrumentSchema } from './instruments.js';

/** Milliseconds since the Unix epoch. */
export const instantSchema = z.int().nonnegative();
/** The gateway's name for one operation, kept across its attempts. Safe in a path. */
export const referenceSchema = z.string().regex(/^[\w.-]{1,64}$/);
/** The bank's own name for one performance. Safe in a path. */
export const bankIdSchema = z.string().regex(/^[\w.-]{1,64}$/);
/** Minor units of the currency; a bank moves at least one. */
export const amountMinorSchema = z.int().positive();
/** Lower-case ISO 4217. */
export const currencySchema = z.string().regex(/^[a-z]{3}$/);

/** On whose behalf a request is made, and the fault token with which its charge was opened, if any. */
const aimShape = {
  account: z.string().min(1).max(64),
  chargeId: z.string().min(1).max(64),
  fault: z.string().max(100).optional(),
};
const movementShape = { reference: referenceSchema, validUntil: instantSchema, ...aimShape };
const amountShape = { amountMinor: amountMinorSchema, currency: currencySchema };

/** POST /v1/authorizations */
export const authorizeBodySchema = z.object({ ...movementShape, ...amountShape, instrument: instrumentSchema });
/** POST /v1/authorizations/:authorizationId/captures */
export const captureBodySchema = z.object({ ...movementShape, ...amountShape });
/** POST /v1/authorizations/:authorizationId/voids */
export const voidBodySchema = z.object(movementShape);
/** POST /v1/captures/:captureId/refunds */
export const refundBodySchema = z.object({ ...movementShape, ...amountShape });
/** What to undo: every performance of a reference, or the one performance of this bank id. */
export const reversalTargetSchema = z.union([
  z.strictObject({ reference: referenceSchema }),
  z.strictObject({ bankId: bankIdSchema }),
]);
export type ReversalTarget = z.infer<typeof reversalTargetSchema>;
/** POST /v1/reversals */
export const reverseBodySchema = z.object({ ...movementShape, target: reversalTargetSchema });
/** GET /v1/operations/:reference, as its query */
export const inquireQuerySchema = z.object(aimShape);
/** GET /v1/statements, as its query: entries with a `seq` above `after`. */
export const statementQuerySchema = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
});

export type AuthorizeRequest = { kind: 'authorize' } & z.infer<typeof authorizeBodySchema>;
export type CaptureRequest = { kind: 'capture'; authorizationId: string } & z.infer<typeof captureBodySchema>;
export type VoidRequest = { kind: 'void'; authorizationId: string } & z.infer<typeof voidBodySchema>;
export type RefundRequest = { kind: 'refund'; captureId: string } & z.infer<typeof refundBodySchema>;
export type ReverseRequest = { kind: 'reverse' } & z.infer<typeof reverseBodySchema>;
export type InquireRequest = { kind: 'inquire'; reference: string } & z.infer<typeof inquireQuerySchema>;
export type StatementRequest = { kind: 'statement' } & z.infer<typeof statementQuerySchema>;

/** What may move money. */
export type MovementRequest = AuthorizeRequest | CaptureRequest | VoidRequest | RefundRequest | ReverseRequest;
export type BankRequest = MovementRequest | InquireRequest | StatementRequest;

export const bankOperations = ['authorize', 'capture', 'void', 'refund', 'reverse', 'inquire', 'statement'] as const;
export const bankOperationSchema = z.enum(bankOperations);
export type BankOperation = BankRequest['kind'];
