import type { bankProtocol } from '#contracts';

export type JournalLine = bankProtocol.JournalRecord & { readonly bank: bankProtocol.BankName };

/** One request in a bank's journal. Times in Unix ms, on the bank's clock. */
export interface BankRequestEvidence {
  readonly bank: bankProtocol.BankName;
  readonly instance: string;
  readonly operation: bankProtocol.BankOperation;
  /** The lane, which determines its breaker. */
  readonly lane: 'movements' | 'inquiries';
  /** The account, if the charge has a fault token and so isolated breakers and budget. */
  readonly isolatedTo: string | undefined;
  readonly reference: string;
  readonly attemptId: string;
  /** The numbered series: an operation's attempts, its inquiries, or its reversals. */
  readonly series: string;
  readonly number: number;
  readonly isReversal: boolean;
  /** Id that the attempts of one call share. */
  readonly call: string;
  readonly atMs: number;
  readonly validUntilMs: number | undefined;
  /** Earliest possible time at which it began and passed its breaker. */
  readonly notBeforeMs: number;
  readonly fault: string | undefined;
  /** Whether its caller may have waited until the time-out. */
  readonly isKeptWaiting: boolean;
  /** Whether it was certainly a failure for its caller. */
  readonly fails: boolean;
}

export interface BankCall {
  readonly bank: bankProtocol.BankName;
  readonly instance: string;
  readonly isolatedTo: string | undefined;
  /** Ordered by time. */
  readonly attempts: readonly BankRequestEvidence[];
}

/** `validUntil` minus the beginning of the attempt, by the earliest reading of the bank's clock. */
const VALID_FOR_MS = 3_000;
/** Longest time from the beginning of an attempt to its first byte. An inquiry has no `validUntil` to tell it. */
const WRITTEN_WITHIN_MS = 2_000;

/** Faults that fail the call at once. */
const failingAtOnce = [
  'error',
  'not_processed',
  'rate_limited',
  'outage',
  'cut',
  'malformed',
  'drop_before',
  'drop_after',
] satisfies bankProtocol.FaultName[];
const prompt = new Set<string>([...failingAtOnce, ...(['refuse', 'reject'] satisfies bankProtocol.FaultName[])]);
/** Faults that fail the call, at the latest by its time-out. */
const failing = new Set<string>([
  ...failingAtOnce,
  ...(['hang', 'late', 'decline_after_timeout'] satisfies bankProtocol.FaultName[]),
]);

export function attemptsOf(journal: readonly JournalLine[]): BankRequestEvidence[] {
  return journal.flatMap((line): BankRequestEvidence[] => {
    if (line.type !== 'request' || line.attemptId === undefined || line.operation === 'statement') return [];
    const {
      bank,
      operation,
      attemptId,
      at,
      validUntil,
      account,
      token,
      instanceId = '',
      traceparent = '',
      reference = '',
      fault,
    } = line;
    const dot = attemptId.lastIndexOf('.');
    const series = attemptId.slice(0, dot);
    return [
      {
        bank,
        instance: instanceId,
        operation,
        lane: operation === 'inquire' ? 'inquiries' : 'movements',
        isolatedTo: token === undefined ? undefined : account,
        reference,
        attemptId,
        series,
        number: Number(attemptId.slice(dot + 1)),
        isReversal: operation === 'reverse',
        call: `${instanceId} ${traceparent} ${series}`,
        atMs: at,
        validUntilMs: validUntil,
        notBeforeMs: validUntil === undefined ? at - WRITTEN_WITHIN_MS : validUntil - VALID_FOR_MS,
        fault: fault?.name,
        isKeptWaiting: fault !== undefined && !prompt.has(fault.name),
        fails: fault !== undefined && failing.has(fault.name),
      },
    ];
  });
}

export function callsOf(requests: readonly BankRequestEvidence[]): BankCall[] {
  return [...Map.groupBy(requests, ({ bank, call }) => `${bank} ${call}`).values()].map((attempts) => ({
    bank: attempts[0]!.bank,
    instance: attempts[0]!.instance,
    isolatedTo: attempts[0]!.isolatedTo,
    attempts: attempts.toSorted((a, b) => a.number - b.number),
  }));
}
