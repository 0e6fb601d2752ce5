import { z } from 'zod';
import { bankNameSchema, type BankName } from './banks.js';
import { declineCodeSchema } from './instruments.js';
import { bankOperations, bankOperationSchema, type BankOperation } from './requests.js';

const ms = z.int().nonnegative().max(3_600_000);

/** Every fault with its parameters. `performs`: whether the bank performs the request. */
export const faultParameters = {
  /** Performed at once, answered after `delayMs` plus up to `jitterMs`. */
  latency: z.strictObject({ delayMs: ms.default(1000), jitterMs: ms.default(0) }),
  /** Performed; the answer's body trickles over `durationMs`. */
  slow_drip: z.strictObject({ durationMs: ms.default(5000) }),
  /** Received and never answered. */
  hang: z.strictObject({ performs: z.boolean().default(false) }),
  /** 500. */
  error: z.strictObject({ performs: z.boolean().default(false) }),
  /** 503 `not_processed`. */
  not_processed: z.strictObject({}),
  /** 429 `not_processed`, with Retry-After. */
  rate_limited: z.strictObject({ retryAfterMs: ms.default(1000) }),
  /** 400 `invalid_request`, as for a malformed request. Not performed, not remembered. */
  reject: z.strictObject({}),
  /** Of a whole bank: connection refused, until the rule is removed or after `durationMs`. Of a narrower scope: a reset before processing. */
  outage: z.strictObject({ durationMs: ms.optional() }),
  /** Performed; the answer breaks off in the middle of its body. */
  cut: z.strictObject({}),
  /** Performed; answered 200 with a body outside the protocol. */
  malformed: z.strictObject({}),
  /** Not performed; the connection is reset. */
  drop_before: z.strictObject({}),
  /** Performed; then the connection is reset. */
  drop_after: z.strictObject({}),
  /** Processed `delayMs` after the caller has timed out. */
  late: z.strictObject({ delayMs: ms.default(1000) }),
  /** Processed twice; the first answer is sent. */
  duplicate: z.strictObject({}),
  /** Answers as of `lagMs` ago. */
  inquiry_lag: z.strictObject({ lagMs: ms.default(5000) }),
  /** Refused (an authorization is declined with `code`) at once, and answered after `delayMs`. */
  refuse: z.strictObject({ code: declineCodeSchema.default('generic_decline'), delayMs: ms.default(0) }),
  /** Declined after the caller has timed out. */
  decline_after_timeout: z.strictObject({ code: declineCodeSchema.default('generic_decline') }),
} as const;
export type FaultParameters = { [Name in keyof typeof faultParameters]: z.infer<(typeof faultParameters)[Name]> };
export type FaultName = keyof FaultParameters;
export const faultNames = Object.keys(faultParameters) as FaultName[];

const movements: readonly BankOperation[] = ['authorize', 'capture', 'void', 'refund', 'reverse'];
const narrower: Partial<Record<FaultName, readonly BankOperation[]>> = {
  late: movements,
  duplicate: movements,
  inquiry_lag: ['inquire', 'statement'],
  refuse: ['authorize', 'capture', 'void', 'refund'],
  decline_after_timeout: ['authorize'],
};

/** The operations that a fault can hit. */
export function operationsOf(fault: FaultName): readonly BankOperation[] {
  return narrower[fault] ?? bankOperations;
}

/** Every named part must match; an empty scope is everything. */
export const faultScopeSchema = z.strictObject({
  bank: bankNameSchema.optional(),
  account: z.string().optional(),
  /** A fingerprint, the last four digits, or a brand. */
  card: z.string().optional(),
  charge: z.string().optional(),
});
export type FaultScope = z.infer<typeof faultScopeSchema>;

const rule = <Name extends FaultName, Parameters extends z.ZodType>(fault: Name, parameters: Parameters) =>
  z.strictObject({
    scope: faultScopeSchema.default({}),
    /** Default: every operation that the fault can hit. */
    operation: bankOperationSchema.optional(),
    fault: z.literal(fault),
    /** Of each matching request, in [0, 1]. */
    probability: z.number().min(0).max(1).default(1),
    /** The rule ends after this many hits. */
    times: z.int().positive().optional(),
    parameters,
    /** The seed of the rule's generator: the same seed and the same matching requests give the same hits. */
    seed: z.int().nonnegative().default(0),
  });

/** The body of POST /faults on the simulator's admin port. */
export const faultRuleSchema = z
  .discriminatedUnion('fault', [
    rule('latency', faultParameters.latency.prefault({})),
    rule('slow_drip', faultParameters.slow_drip.prefault({})),
    rule('hang', faultParameters.hang.prefault({})),
    rule('error', faultParameters.error.prefault({})),
    rule('not_processed', faultParameters.not_processed.prefault({})),
    rule('rate_limited', faultParameters.rate_limited.prefault({})),
    rule('reject', faultParameters.reject.prefault({})),
    rule('outage', faultParameters.outage.prefault({})),
    rule('cut', faultParameters.cut.prefault({})),
    rule('malformed', faultParameters.malformed.prefault({})),
    rule('drop_before', faultParameters.drop_before.prefault({})),
    rule('drop_after', faultParameters.drop_after.prefault({})),
    rule('late', faultParameters.late.prefault({})),
    rule('duplicate', faultParameters.duplicate.prefault({})),
    rule('inquiry_lag', faultParameters.inquiry_lag.prefault({})),
    rule('refuse', faultParameters.refuse.prefault({})),
    rule('decline_after_timeout', faultParameters.decline_after_timeout.prefault({})),
  ])
  .refine((value) => value.operation === undefined || operationsOf(value.fault).includes(value.operation), {
    path: ['operation'],
    error: 'this fault cannot strike this operation',
  });
export type FaultRule = z.infer<typeof faultRuleSchema>;
/** The body of POST /faults before defaults. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;

/** A rule in the answer of GET /faults. */
export type StandingFaultRule = FaultRule & { id: string; strikes: number };

/** Whether a rule takes a whole bank off the network, rather than some of its requests. */
export function closesPortOf(bank: BankName, { fault, scope, operation, probability, times }: FaultRule): boolean {
  const isNarrow = scope.account !== undefined || scope.card !== undefined || scope.charge !== undefined;
  const isWhole = operation === undefined && probability === 1 && times === undefined && !isNarrow;
  return fault === 'outage' && isWhole && (scope.bank === undefined || scope.bank === bank);
}
