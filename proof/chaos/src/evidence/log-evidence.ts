import type { LogWarning } from '#checker';
import type { LogLine } from './logs.js';

export interface LoggedBreakerTransition {
  /** Unix ms. */
  readonly at: number;
  readonly instance: string;
  readonly bank: string;
  readonly lane: string;
  readonly from: 'closed' | 'open' | 'half_open';
  readonly to: 'closed' | 'open' | 'half_open';
}

export interface Doubt {
  /** Unix ms. */
  readonly at: number;
  readonly instance: string;
  /** The operation's reference. */
  readonly operation: string;
  readonly bank: string;
  readonly kind: string;
  readonly reason: string;
}

/** Evidence that only the services' logs have: breaker transitions, doubts, rebalances, warnings. */
export interface LogEvidence {
  readonly transitions: LoggedBreakerTransition[];
  /** Transitions of isolated breakers: those of one account's charges with fault tokens. */
  readonly isolatedTransitions: (LoggedBreakerTransition & { readonly isolatedTo: string })[];
  readonly doubts: Doubt[];
  /** Rebalances while a batch was being processed. */
  rebalancesInMidBatch: number;
  parked: number;
  replayed: number;
  /** Lines at warn and above. */
  readonly warnings: LogWarning[];
  /** Instances with at least one log line. Without one, the absence of warnings proves nothing. */
  readonly heardFrom: Set<string>;
}

export async function readLogs(lines: AsyncIterable<LogLine> | Iterable<LogLine>): Promise<LogEvidence> {
  const evidence: LogEvidence = {
    transitions: [],
    isolatedTransitions: [],
    doubts: [],
    rebalancesInMidBatch: 0,
    parked: 0,
    replayed: 0,
    warnings: [],
    heardFrom: new Set(),
  };
  for await (const line of lines) take(evidence, line);
  evidence.transitions.sort((a, b) => a.at - b.at);
  evidence.isolatedTransitions.sort((a, b) => a.at - b.at);
  return evidence;
}

function take(evidence: LogEvidence, line: LogLine): void {
  const { msg, instance } = line;
  evidence.heardFrom.add(instance);
  const at = Date.parse(line.time);
  const text = (field: string): string => (line[field] as string | undefined) ?? '';
  const { from, to } = line as unknown as Pick<LoggedBreakerTransition, 'from' | 'to'>;
  if (msg.startsWith('the breaker of ')) {
    evidence.transitions.push({ at, instance, bank: text('bank'), lane: text('lane'), from, to });
  } else if (msg.startsWith('an isolated breaker of ')) {
    const [bank, lane, isolatedTo] = [text('bank'), text('lane'), text('account')];
    evidence.isolatedTransitions.push({ at, instance, bank, lane, isolatedTo, from, to });
  } else if (msg.endsWith(' is in doubt')) {
    const [bank, kind, reason] = [text('bank'), text('kind'), text('reason')];
    evidence.doubts.push({ at, instance, operation: text('operation'), bank, kind, reason });
  } else if (msg === 'the group shares its partitions out anew') {
    if (Number(line.inHand) > 0) evidence.rebalancesInMidBatch += 1;
  } else if (msg.startsWith('parked an event')) evidence.parked += 1;
  else if (msg === 'replayed what was parked') evidence.replayed += 1;
  if (isWarning(line.level)) evidence.warnings.push(warningOf(line, line.level, at));
}

const isWarning = (level: unknown): level is LogWarning['level'] =>
  level === 'warn' || level === 'error' || level === 'fatal';

function warningOf(line: LogLine, level: LogWarning['level'], atMs: number): LogWarning {
  const { msg: message, service, instance, time: _time, level: _level, ...fields } = line;
  const { bank, charge } = fields as { bank?: string; charge?: string };
  return { atMs, level, service, instance, message, bank, charge, detail: JSON.stringify(fields) };
}
