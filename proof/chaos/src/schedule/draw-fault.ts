import { bankProtocol } from '#contracts';
import { brandsWithFaults } from '../workload/fault-tokens.js';
import type { SeededChoices } from '../seeded-choices.js';
import {
  allInstances,
  backends,
  instancesOf,
  servicesOfTwo,
  type ChaosFault,
  type InstanceName,
  type StrikePoint,
  type ProcessName,
  type NetworkRoute,
} from './fault.js';

type NetworkKind = 'cut' | 'delay' | 'one_way';
type ProcessKind = Exclude<ChaosFault['kind'], NetworkKind | 'bank'>;
type MomentName = StrikePoint['amid'];

export function drawFault(dice: SeededChoices, kind: NetworkKind, to: NetworkRoute['to']): ChaosFault;
export function drawFault(dice: SeededChoices, kind: 'kill' | 'freeze', amid: MomentName): ChaosFault;
export function drawFault(dice: SeededChoices, kind: 'bank', name: bankProtocol.FaultName): ChaosFault;
export function drawFault(dice: SeededChoices, kind: ProcessKind | NetworkKind, to: NetworkRoute['to']): ChaosFault;
export function drawFault(dice: SeededChoices, kind: ChaosFault['kind'], about: string): ChaosFault {
  switch (kind) {
    case 'kill':
    case 'freeze':
      return { kind, ...anyVictim(dice, about) };
    case 'terminate':
      return { kind, processes: anyProcess(dice) };
    case 'slow_start': // not for Kafka and Postgres, where it would equal a kill of the same length
      return {
        kind,
        processes: dice.chance(0.15) ? ['bank-simulator'] : someInstances(dice),
        delayMs: dice.between(3_000, 8_000, 500),
      };
    case 'clock_step':
      return { kind, processes: someInstances(dice), offsetMs: anyOffset(dice) };
    case 'cut':
      return { kind, route: anyRoute(dice, about as NetworkRoute['to']) };
    case 'delay':
      return { kind, route: anyRoute(dice, about as NetworkRoute['to']), delayMs: dice.between(50, 900, 50) };
    case 'one_way':
      return { kind, route: anyRoute(dice, about as NetworkRoute['to']), held: dice.pick(['requests', 'answers']) };
    case 'bank':
      return { kind, rule: anyRule(dice, about as bankProtocol.FaultName) };
    case 'poison':
      return { kind, amountMinor: dice.between(7_001, 7_999) };
  }
}

/** A process, with the point at which it is struck, if the fault is aimed. */
function anyVictim(dice: SeededChoices, about: string): { processes: readonly ProcessName[]; moment?: StrikePoint } {
  switch (about as MomentName) {
    case 'call': // only one instance, so that the other can take over
      return { processes: [dice.pick(instancesOf('bank-gateway'))], moment: { amid: 'call' } };
    case 'publishing': // both instances, since either may own the outbox shard
      return { processes: instancesOf(dice.pick(servicesOfTwo)), moment: { amid: 'publishing' } };
    default:
      return { processes: anyProcess(dice) };
  }
}

/** Kafka, Postgres, or a service: often one of its instances, sometimes both. */
function anyProcess(dice: SeededChoices): ProcessName[] {
  return dice.chance(0.4) ? [dice.pick(backends)] : someInstances(dice);
}

function someInstances(dice: SeededChoices): InstanceName[] {
  const both = instancesOf(dice.pick(servicesOfTwo));
  return dice.chance(0.25) ? both : [dice.pick(both)];
}

/** A clock step of seconds or of up to 50 minutes, back or ahead, in milliseconds. */
function anyOffset(dice: SeededChoices): number {
  const size = dice.chance(0.5) ? dice.between(200, 5_000, 100) : dice.between(60_000, 3_000_000, 60_000);
  return dice.chance(0.5) ? -size : size;
}

function anyRoute(dice: SeededChoices, to: NetworkRoute['to']): NetworkRoute {
  const callers = to === 'postgres' ? allInstances : instancesOf('bank-gateway');
  return { from: dice.chance(0.3) ? callers : [dice.pick(callers)], to };
}

function anyRule(dice: SeededChoices, fault: bankProtocol.FaultName): bankProtocol.FaultRuleInput {
  const operation = dice.chance(0.6) ? dice.pick(bankProtocol.operationsOf(fault)) : undefined;
  const bank = dice.chance(0.75) ? dice.pick(bankProtocol.bankNames) : undefined;
  // A rule for one card applies at every bank that serves it. An outage closes a whole port, so it has no card.
  const card = !bank && fault !== 'outage' && dice.chance(0.4) ? dice.pick(brandsWithFaults) : undefined;
  return {
    fault,
    scope: { ...(bank && { bank }), ...(card && { card }) },
    ...(operation && fault !== 'outage' && { operation }),
    ...(fault !== 'outage' && { probability: dice.pick([0.2, 0.5, 1]) }),
    ...(fault === 'latency' && { parameters: { delayMs: dice.between(100, 1_500, 100), jitterMs: 1_000 } }),
    // Before or after the end of the attempt's validity.
    ...(fault === 'late' && { parameters: { delayMs: dice.pick([500, 4_000]) } }),
    seed: dice.seed(),
  } as bankProtocol.FaultRuleInput;
}
