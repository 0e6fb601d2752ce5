import { bankProtocol } from '#contracts';
import { Random } from '#simulation';
import type { Create, Operation, Wanted } from '../merchant/operation.js';
import type { Fault, ServiceName } from './fault.js';

/** All that a run is made of. What it comes to follows from it alone. */
export interface Schedule {
  readonly seed: number;
  readonly operations: readonly Operation[];
  readonly faults: readonly Fault[];
  /** So long it is left alone once all is settled: the promises must still hold then. */
  readonly lingerMs: number;
}

const services: readonly ServiceName[] = ['payments-api', 'bank-gateway', 'ledger'];
/** Each by a card whose network one kind of bank serves first. */
const cards = ['tok_visa', 'tok_mastercard', 'tok_amex', 'tok_discover'] as const;
const unhappy = ['tok_chargeDeclined', 'tok_chargeDeclinedInsufficientFunds', 'tok_fault_ledger_refuse'] as const;
const OPERATIONS = 20;
const BUSY_MS = 8_000;
/** Until all of it has been compared with statements, both ways. */
const LINGER_MS = 40_000;

export function planned(seed: number): Schedule {
  const random = new Random(seed).fork('plan');
  const lingerMs = new Random(seed).fork('linger').chance(0.15) ? LINGER_MS : 0;
  return { seed, operations: operations(random), faults: faults(random), lingerMs };
}

function operations(random: Random): Operation[] {
  const creates = Array.from({ length: random.integer(7, 9) }, (_, id) => createOf(random, id));
  const wanted: Wanted[] = [...creates];
  const list: Operation[] = [...creates];
  while (list.length < OPERATIONS) {
    const near = random.pick(wanted);
    const repeats = random.chance(0.35);
    if (repeats) list.push({ kind: 'repeat', atMs: soonAfter(random, near), of: near.id, times: timesOf(random) });
    else {
      const change = changeOf(random, wanted.length, random.pick(creates), near);
      wanted.push(change);
      list.push(change);
    }
  }
  return list.sort((a, b) => a.atMs - b.atMs);
}

function createOf(random: Random, id: number): Create {
  const source = id < cards.length ? cards[id]! : random.chance(0.25) ? random.pick(unhappy) : random.pick(cards);
  const atMs = random.between(0, BUSY_MS);
  return { kind: 'create', id, atMs, source, amountMinor: random.integer(50, 20_000), capture: random.chance(0.5) };
}

/** A capture, a cancellation or a refund: at any time after its charge, or together with another operation on it. */
function changeOf(random: Random, id: number, create: Create, near: Wanted): Wanted {
  const isNear = near.kind !== 'create' && near.charge === create.id;
  const atMs = isNear ? near.atMs + random.between(0, 50) : create.atMs + random.between(0, 12_000);
  const amountMinor = random.chance(0.5) ? undefined : random.integer(1, create.amountMinor);
  const kind = !create.capture && random.chance(0.6) ? 'capture' : 'refund';
  return { kind, id, atMs, charge: create.id, amountMinor };
}

const soonAfter = (random: Random, { atMs }: Wanted): number =>
  atMs + (random.chance(0.5) ? random.between(0, 5) : random.between(5, 15_000));

const timesOf = (random: Random): number => (random.chance(0.2) ? random.integer(2, 5) : 1);

function faults(random: Random): Fault[] {
  return Array.from({ length: random.integer(5, 9) }, () => faultOf(random)).sort((a, b) => a.atMs - b.atMs);
}

function faultOf(random: Random): Fault {
  const atMs = random.between(0, BUSY_MS);
  const service = random.pick(services);
  const instance = random.integer(0, 1);
  switch (random.integer(0, 12)) {
    case 0:
    case 1:
      return { kind: 'kill', atMs, service, instance, downMs: random.integer(50, 15_000) };
    case 2:
      return { kind: 'freeze', atMs, service, instance, forMs: random.integer(500, 20_000) };
    case 3:
      return { kind: 'cut', atMs, service, instance };
    case 4:
      return { kind: 'database_away', atMs, service, forMs: random.integer(200, 8_000) };
    case 5:
      return { kind: 'broker_away', atMs, forMs: random.integer(200, 8_000) };
    case 6:
      return { kind: 'rebalance', atMs, service };
    case 7:
      return { kind: 'clock_step', atMs, service, instance, byMs: random.integer(-60_000, 60_000) };
    case 8:
      return { kind: 'commit_lost', atMs, service, when: random.chance(0.3) ? 'lost_before' : 'lost_after' };
    case 9:
      return { kind: 'publish_lost', atMs, service, when: random.chance(0.3) ? 'lost_before' : 'lost_after' };
    default:
      return { kind: 'bank', atMs, forMs: random.integer(500, 12_000), rule: bankRule(random) };
  }
}

const bankFaults = [
  'latency',
  'hang',
  'error',
  'not_processed',
  'rate_limited',
  'outage',
  'cut',
  'malformed',
  'drop_before',
  'drop_after',
  'late',
  'duplicate',
  'inquiry_lag',
  'refuse',
] as const satisfies readonly bankProtocol.FaultName[];

function bankRule(random: Random): bankProtocol.FaultRule {
  const fault = random.pick(bankFaults);
  const bank = random.chance(0.2) ? undefined : random.pick(bankProtocol.bankNames);
  const probability = random.chance(0.4) ? 1 : random.between(0.2, 0.9);
  const operation = random.chance(0.5) ? random.pick(bankProtocol.operationsOf(fault)) : undefined;
  return bankProtocol.faultRuleSchema.parse({
    scope: bank === undefined ? {} : { bank },
    ...(operation && { operation }),
    fault,
    probability,
    parameters: {},
    seed: random.integer(0, 2 ** 30),
  });
}
