import { z } from 'zod';
import { instrumentSchema } from './instruments.js';

/** Milliseconds since the Unix epoch. */
export const instantSchema = z.int().nonnegative();
/** The gateway's name of an operation, the same for all attempts. Safe in a path. Long enough for a charge id and a bank id. */
export const referenceSchema = z.string().regex(/^[\w.-]{1,96}$/);
/** The bank's id of one performance. Safe in a path. */
export const bankIdSchema = z.string().regex(/^[\w.-]{1,64}$/);
/** Minor units of the currency; a bank moves at least one. */
export const amountMinorSchema = z.int().positive();
/** Lower-case ISO 4217. */
export const currencySchema = z.string().regex(/^[a-z]{3}$/);

/** The longest fault token, at the API and at a bank. */
export const faultTokenLengthMax = 100;

/** The account and charge of a request, and the charge's fault token, if any. */
const aimShape = {
  account: z.string().min(1).max(64),
  chargeId: z.string().min(1).max(64),
  fault: z.string().max(faultTokenLengthMax).optional(),
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
/** All performances of a reference, or the one performance of a bank id. */
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

/** All limits of the protocol. A bank answers `invalid_request` outside them; callers check before they send or accept. */
export const requestSchema = z.discriminatedUnion('kind', [
  authorizeBodySchema.extend({ kind: z.literal('authorize') }),
  captureBodySchema.extend({ kind: z.literal('capture'), authorizationId: bankIdSchema }),
  voidBodySchema.extend({ kind: z.literal('void'), authorizationId: bankIdSchema }),
  refundBodySchema.extend({ kind: z.literal('refund'), captureId: bankIdSchema }),
  reverseBodySchema.extend({ kind: z.literal('reverse') }),
  inquireQuerySchema.extend({ kind: z.literal('inquire'), reference: referenceSchema }),
  statementQuerySchema.extend({ kind: z.literal('statement') }),
]);
export type BankRequest = z.infer<typeof requestSchema>;
type RequestOf<Kind extends BankRequest['kind']> = Extract<BankRequest, { kind: Kind }>;
export type AuthorizeRequest = RequestOf<'authorize'>;
export type CaptureRequest = RequestOf<'capture'>;
export type VoidRequest = RequestOf<'void'>;
export type RefundRequest = RequestOf<'refund'>;
export type ReverseRequest = RequestOf<'reverse'>;
export type InquireRequest = RequestOf<'inquire'>;
export type StatementRequest = RequestOf<'statement'>;

/** The requests that may move money. */
export type MovementRequest = AuthorizeRequest | CaptureRequest | VoidRequest | RefundRequest | ReverseRequest;

export const bankOperations = ['authorize', 'capture', 'void', 'refund', 'reverse', 'inquire', 'statement'] as const;
export const bankOperationSchema = z.enum(bankOperations);
export type BankOperation = BankRequest['kind'];
