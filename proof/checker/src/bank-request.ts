import type { bankProtocol } from '#contracts';

export type JournalLine = bankProtocol.JournalRecord & { readonly bank: bankProtocol.BankName };

/** One attempt as it reached its bank. Times in Unix ms, on the bank's clock. */
export interface BankRequestEvidence {
  readonly bank: bankProtocol.BankName;
  readonly instance: string;
  readonly operation: bankProtocol.BankOperation;
  /** Whose breaker it had to pass. */
  readonly lane: 'movements' | 'inquiries';
  /** The account, when the charge carries a fault token: its breakers and budget are that account's own. */
  readonly isolatedTo: string | undefined;
  readonly reference: string;
  readonly attemptId: string;
  /** What is numbered together: an operation's attempts, its inquiries, or its reversals. */
  readonly series: string;
  readonly number: number;
  readonly isReversal: boolean;
  /** Shared by the attempts of one call. */
  readonly call: string;
  readonly atMs: number;
  readonly validUntilMs: number | undefined;
  /** Neither begun nor let through by its breaker before. */
  readonly notBeforeMs: number;
  readonly fault: string | undefined;
  /** Its caller may have waited until its time-out. */
  readonly isKeptWaiting: boolean;
  /** Whatever its caller made of it, it was a failure. */
  readonly fails: boolean;
}

export interface BankCall {
  readonly bank: bankProtocol.BankName;
  readonly instance: string;
  readonly isolatedTo: string | undefined;
  /** In order. */
  readonly attempts: readonly BankRequestEvidence[];
}

/** What `validUntil` is ahead of an attempt's beginning, on the earliest reading of the bank's clock. */
const VALID_FOR_MS = 3_000;
/** A message is written at the latest so long after its attempt began; an inquiry says nothing else of when that was. */
const WRITTEN_WITHIN_MS = 2_000;

/** Each of them fails its caller at once. */
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
/** Each of them ends in a failure of its caller's, within its time-out. */
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
