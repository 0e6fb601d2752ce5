import { bankProtocol } from '#contracts';
import { Random } from '#simulation';
import type { Operation } from '../merchant/operation.js';
import type { Fault, ServiceName } from './fault.js';

/** All that a run is made of. What it comes to follows from it alone. */
export interface Schedule {
  readonly seed: number;
  readonly operations: readonly Operation[];
  readonly faults: readonly Fault[];
}

const services: readonly ServiceName[] = ['payments-api', 'bank-gateway', 'ledger'];
/** Each by a card whose network one kind of bank serves first. */
const cards = ['tok_visa', 'tok_mastercard', 'tok_amex', 'tok_discover'] as const;
const declined = ['tok_chargeDeclined', 'tok_chargeDeclinedInsufficientFunds'] as const;
const OPERATIONS = 20;
const BUSY_MS = 8_000;

export function planned(seed: number): Schedule {
  const random = new Random(seed).fork('plan');
  return { seed, operations: operations(random), faults: faults(random) };
}

function operations(random: Random): Operation[] {
  const creates = random.integer(10, 14);
  const list: Operation[] = [];
  for (let charge = 0; charge < creates; charge++) {
    const source =
      charge < cards.length ? cards[charge]! : random.chance(0.1) ? random.pick(declined) : random.pick(cards);
    const amountMinor = random.integer(50, 20_000);
    list.push({ kind: 'create', atMs: random.between(0, BUSY_MS), charge, source, amountMinor });
  }
  while (list.length < OPERATIONS) {
    const charge = random.integer(0, creates - 1);
    const first = list.find((operation) => operation.charge === charge)!;
    list.push({
      kind: 'repeat',
      atMs: first.atMs + (random.chance(0.5) ? random.between(0, 5) : random.between(5, 15_000)),
      charge,
    });
  }
  return list.sort((a, b) => a.atMs - b.atMs);
}

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
  return bankProtocol.faultRuleSchema.parse({
    scope: bank === undefined ? {} : { bank },
    fault,
    probability,
    parameters: {},
    seed: random.integer(0, 2 ** 30),
  });
}
