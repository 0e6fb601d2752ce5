import type { Random } from '#virtual-time';
import { BEFORE_MS, trouble } from './bank-faults.js';
import type { PlannedFault } from './fault.js';
import type { MoneyOperation } from '../operations/operation.js';
import { bankOfSource } from './source.js';

/** Duration of the freeze: longer than an operation's lease, and than the time until "not found" is final. */
const STANDS_STILL_MS = { least: 20_000, most: 26_000 };
/** Time from the merchant's request to the bank call. */
const ON_ITS_WAY_MS = 80;

/**
 * A bank that stores no refusals refuses, and the gateway is frozen before the answer arrives. Another instance takes
 * over, inquires ("not found"), retries and gets an approval; then the first one returns with its refusal.
 */
export function unheardRefusal(random: Random, operations: readonly MoneyOperation[]): PlannedFault[] {
  const captures = operations.flatMap((each) => {
    if (each.kind !== 'create' || !forgets(each.source) || isTroubled(each.source)) return [];
    const later = operations.find((other) => other.kind === 'capture' && other.charge === each.id);
    const by = each.capture ? each : later;
    return by ? [{ atMs: Math.max(by.atMs, each.atMs), bank: bankOfSource(each.source) }] : [];
  });
  if (captures.length === 0) return [];
  const { atMs, bank } = random.pick(captures);
  const parameters = { delayMs: random.integer(1_200, 1_900) };
  return [
    trouble(random, {
      atMs: Math.max(0, atMs - BEFORE_MS),
      forMs: random.integer(1_500, 4_000),
      bank,
      fault: 'refuse',
      operation: 'capture',
      times: 1,
      parameters,
    }),
    {
      kind: 'freeze',
      atMs: atMs + ON_ITS_WAY_MS + random.between(0, 1_000),
      service: 'bank-gateway',
      instance: random.integer(0, 1),
      forMs: random.integer(STANDS_STILL_MS.least, STANDS_STILL_MS.most),
    },
  ];
}

/** A fault token takes precedence over fault rules. */
const isTroubled = (source: string): boolean => source.startsWith('tok_fault_');
const forgets = (source: string): boolean => ['cedar', 'dogwood'].includes(bankOfSource(source));
