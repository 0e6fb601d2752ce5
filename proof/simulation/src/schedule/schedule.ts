import { topics } from '#contracts';
import { Random } from '#virtual-time';
import type {
  PlannedCapture,
  PlannedCharge,
  DetailChanges,
  MoneyOperation,
  MerchantOperation,
  PlannedRefund,
  Wanted,
} from '../operations/operation.js';
import { accounts, amountOf, currencyOf, detailsById, detailsOf } from './accounts.js';
import { besides } from './besides.js';
import { bankSiege, bankSlow, bankTrouble } from './bank-faults.js';
import { crowd } from './request-burst.js';
import type { PlannedFault, SimulatedServiceName } from './fault.js';
import { later as afterALeap, type TimeLeap } from './time-leap.js';
import { approvedWhileReversing, longDoubt, shownInDoubt } from './long-doubt.js';
import { momentOf, type FaultWindow } from './fault-window.js';
import { noise, patience } from './noise.js';
import { withProvisionedKeys } from './provisioned-keys.js';
import { sourceOf } from './source.js';
import { unheardRefusal } from './unheard-refusal.js';

/** The input of a world. Its result is a function of this. */
export interface WorldSchedule {
  readonly seed: number;
  readonly operations: readonly MerchantOperation[];
  readonly faults: readonly PlannedFault[];
  /** Time that the world runs on at quiescence, after which the promises must still hold. */
  readonly lingerMs: number;
  /** A time leap after quiescence. Absent if the world ends there. */
  readonly later?: TimeLeap | undefined;
  /** Settings of the services that differ from the defaults. */
  readonly settings: Settings;
}

/** Settings that vary between worlds: polling intervals, admission limits per account, strict keys. */
type Settings = Partial<
  Record<'OUTBOX_SWEEP_EVERY_MS' | 'OPERATIONS_LOOK_EVERY_MS' | keyof typeof patience, number>
> & {
  readonly API_KEYS?: 'strict';
};

const services: readonly SimulatedServiceName[] = ['payments-api', 'bank-gateway', 'ledger'];
const OPERATIONS = 20;
const BUSY_MS = 8_000;
/** Factor of duration and number of operations of a long world. */
const LONG = 6;
const AMOUNT_MIN_MINOR = 50;
/** Share of worlds with strict keys, which cost a tenth more. */
const STRICT = 0.2;
const RACE_WITHIN_MS = 20;
/** Rare polling, so that anything that waits for a poll instead of a notification shows. It saves a seventh of the events. */
const SELDOM: Settings = { OUTBOX_SWEEP_EVERY_MS: 4_000, OPERATIONS_LOOK_EVERY_MS: 2_000 };
/** Time for reconciliation to compare everything in both directions. */
const LINGER_MS = 40_000;

export function planned(seed: number): WorldSchedule {
  const random = new Random(seed).fork('plan');
  const lingerMs = new Random(seed).fork('linger').chance(0.15) ? LINGER_MS : 0;
  const times = new Random(seed).fork('long').chance(0.02) ? LONG : 1;
  const busyMs = times * BUSY_MS;
  const wanted = operations(random, times);
  const later = new Random(seed).fork('later');
  const struck = [
    ...faults(random, wanted, times),
    ...eventLost(later.fork('lost events'), wanted, busyMs),
    ...(later.chance(0.1) ? approvedWhileReversing(later, wanted) : []),
    ...(later.chance(0.12) ? shownInDoubt(later, momentOf(later, wanted, busyMs)) : []),
    ...(later.chance(0.1) ? unheardRefusal(later, wanted) : []),
    ...stopped(later.fork('stopped'), wanted, busyMs),
  ];
  const crowded = later.chance(0.1) ? crowd(later, wanted) : { operations: [], faults: [] };
  const noisy = new Random(seed).fork('noise');
  const isNoisy = noisy.chance(0.1);
  const keys = new Random(seed).fork('keys');
  const isStrict = keys.chance(STRICT);
  const money = [...wanted, ...crowded.operations, ...afterRaces(later.fork('after races'), wanted)];
  return {
    seed,
    operations: inOrder([
      ...money,
      ...besides(new Random(seed).fork('besides'), money, times),
      ...(isNoisy ? noise(noisy) : []),
      ...(isStrict ? withProvisionedKeys(keys, money) : []),
    ]),
    faults: inOrder([...struck, ...crowded.faults]),
    lingerMs,
    later: afterALeap(new Random(seed).fork('leap'), wanted),
    settings: {
      ...(new Random(seed).fork('settings').chance(0.25) ? {} : SELDOM),
      ...(isNoisy && patience),
      ...(isStrict && { API_KEYS: 'strict' }),
    },
  };
}

const inOrder = <T extends { readonly atMs: number }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => a.atMs - b.atMs);

function operations(random: Random, times: number): MoneyOperation[] {
  const creates: PlannedCharge[] = [];
  for (let id = 0, count = times * random.integer(7, 9); id < count; id++)
    creates.push(createOf(random, id, creates, times * BUSY_MS));
  const wanted: Wanted[] = [...creates];
  const list: MoneyOperation[] = [...creates];
  while (list.length < times * OPERATIONS) {
    const near = random.pick(wanted);
    const repeats = random.chance(0.35);
    if (repeats) list.push({ kind: 'repeat', atMs: soonAfter(random, near), of: near.id, times: timesOf(random) });
    else {
      const change = changeOf(random, wanted.length, random.pick(creates), near);
      wanted.push(change);
      list.push(change);
    }
  }
  if (random.chance(0.4)) list.push(...race(random, creates, wanted.length));
  return inOrder(list);
}

/** A concurrent capture and cancellation of one charge, each repeated. */
function race(random: Random, creates: readonly PlannedCharge[], id: number): MoneyOperation[] {
  const held = creates.filter(({ capture }) => !capture);
  if (held.length === 0) return [];
  const { id: charge, atMs: createdMs } = random.pick(held);
  const atMs = createdMs + random.between(100, 3_000);
  const capture: Wanted = { kind: 'capture', id, atMs, charge, amountMinor: undefined };
  const refund: Wanted = {
    kind: 'refund',
    id: id + 1,
    atMs: atMs + random.between(0, RACE_WITHIN_MS),
    charge,
    amountMinor: undefined,
  };
  return random.chance(0.8) ? [capture, refund] : [capture, refund, { kind: 'repeat', atMs, of: id, times: 3 }];
}

/** Refunds after races of captures and cancellations, which show a service that has the wrong winner. */
function afterRaces(random: Random, operations: readonly MoneyOperation[]): PlannedRefund[] {
  const firstId = 1 + Math.max(...operations.map((each) => (each.kind === 'repeat' ? 0 : each.id)));
  const raced = operations.filter(
    (each): each is PlannedCapture =>
      each.kind === 'capture' &&
      operations.some(
        (other) =>
          other.kind === 'refund' && other.charge === each.charge && Math.abs(other.atMs - each.atMs) <= RACE_WITHIN_MS,
      ),
  );
  return raced.map(({ atMs, charge }, place) => ({
    kind: 'refund',
    id: firstId + place,
    atMs: atMs + random.between(1_000, 6_000),
    charge,
    amountMinor: random.integer(1, AMOUNT_MIN_MINOR),
  }));
}

/** A charge at a random time, or in the same millisecond as another. */
function createOf(random: Random, id: number, others: readonly PlannedCharge[], busyMs: number): PlannedCharge {
  const source = sourceOf(random, id);
  const atMs = id > 0 && random.chance(0.2) ? random.pick(others).atMs : random.between(0, busyMs);
  const currency = currencyOf(random);
  return {
    kind: 'create',
    id,
    atMs,
    account: random.pick(accounts),
    source,
    amountMinor: amountOf(random, currency),
    currency,
    capture: random.chance(0.5),
    details: { ...detailsById(id), ...(random.chance(0.3) && detailsOf(random)) },
  };
}

/** A capture, cancellation or refund at a random time after its charge, or concurrent with another operation on it. */
function changeOf(random: Random, id: number, create: PlannedCharge, near: Wanted): Wanted {
  const isNear = near.kind !== 'create' && near.charge === create.id;
  const atMs = isNear ? near.atMs + random.between(0, 50) : create.atMs + random.between(0, 12_000);
  const amountMinor = random.chance(0.5) ? undefined : random.integer(1, create.amountMinor);
  const asked = { id, atMs, charge: create.id, amountMinor };
  if (create.capture || !random.chance(0.6)) return { ...asked, kind: 'refund', details: whyOf(id) };
  const isTooMuch = amountMinor !== undefined && id % 5 === 0;
  return { ...asked, kind: 'capture', amountMinor: isTooMuch ? create.amountMinor + 1 : amountMinor };
}

/** Reason and metadata of every other refund. */
const whyOf = (id: number): DetailChanges =>
  id % 2 === 0 ? {} : { reason: 'requested_by_customer', 'metadata[refund]': String(id) };

const soonAfter = (random: Random, { atMs }: Wanted): number =>
  atMs + (random.chance(0.5) ? random.between(0, 5) : random.between(5, 15_000));

const timesOf = (random: Random): number => (random.chance(0.2) ? random.integer(2, 5) : 1);

const FAULTS_MIN = 5;
const FAULTS_MAX = 9;

function faults(random: Random, operations: readonly MoneyOperation[], times: number): PlannedFault[] {
  const list: PlannedFault[] = [];
  const busyMs = times * BUSY_MS;
  const wanted = times * random.integer(FAULTS_MIN, FAULTS_MAX);
  while (list.length < wanted) list.push(...struckAt(random, momentOf(random, operations, busyMs), operations));
  if (random.chance(0.12)) list.push(...longDoubt(random, momentOf(random, operations, busyMs)));
  if (random.chance(0.15)) list.push(poisoned(random, momentOf(random, operations, busyMs)));
  return inOrder(list);
}

function poisoned(random: Random, { atMs }: FaultWindow): PlannedFault {
  return { kind: 'poison', atMs, topic: random.pick(topics) };
}

/** SIGTERM while operations are in progress. */
function stopped(random: Random, operations: readonly MoneyOperation[], busyMs: number): PlannedFault[] {
  if (!random.chance(0.25)) return [];
  const { atMs } = momentOf(random, operations, busyMs);
  const service = random.pick(services);
  if (random.chance(0.3)) return [{ kind: 'rolling_restart', atMs, service }];
  return [{ kind: 'terminate', atMs, service, instance: random.integer(0, 1), downMs: random.integer(50, 5_000) }];
}

/** Kafka loses acknowledged events. The sweeper must resend them. */
function eventLost(random: Random, operations: readonly MoneyOperation[], busyMs: number): PlannedFault[] {
  if (!random.chance(0.15)) return [];
  const { atMs } = momentOf(random, operations, busyMs);
  const service = random.pick(services);
  return inARow(random, () => ({ kind: 'publish_lost', atMs, service, when: 'lost_acknowledged' }));
}

/** One fault, or a combination of faults. */
function struckAt(random: Random, moment: FaultWindow, operations: readonly MoneyOperation[]): PlannedFault[] {
  const { atMs } = moment;
  const service = random.pick(services);
  const instance = random.integer(0, 1);
  switch (random.integer(0, 16)) {
    case 0:
    case 1:
      return [{ kind: 'kill', atMs, service, instance, downMs: random.integer(50, 15_000) }];
    case 2:
      return [{ kind: 'freeze', atMs, service, instance, forMs: random.integer(500, 20_000) }];
    case 3:
      return [{ kind: 'cut', atMs, service, instance }];
    case 4:
      return [{ kind: 'database_away', atMs, service, forMs: random.integer(200, 8_000) }];
    case 5:
      return [{ kind: 'kafka_away', atMs, forMs: random.integer(200, 8_000) }];
    case 6:
      return [{ kind: 'rebalance', atMs, service }];
    case 7:
      return random.chance(0.5)
        ? [{ kind: 'clock_step', atMs, service, instance, byMs: random.integer(-60_000, 60_000) }]
        : clockShowsAgain(random, operations);
    case 8:
      return inARow(random, () => ({ kind: 'commit_lost', atMs, service, when: lost(random) }));
    case 9:
      return inARow(random, () => ({ kind: 'publish_lost', atMs, service, when: lost(random) }));
    case 10:
    case 12:
    case 13:
      return bankSiege(random, moment);
    case 11:
      return [bankSlow(random, moment), ...killBetween(random, atMs)];
    default:
      return [bankTrouble(random, moment)];
  }
}

/** A clock step back to the time of another charge, at the moment of a charge. */
function clockShowsAgain(random: Random, operations: readonly MoneyOperation[]): PlannedFault[] {
  const times = operations.filter(({ kind }) => kind === 'create').map(({ atMs }) => atMs);
  const later = random.integer(1, times.length - 1);
  const atMs = Math.max(0, times[later]! - 1);
  const byMs = Math.round(times[random.integer(0, later - 1)]! - times[later]!);
  return [0, 1].map((instance) => ({ kind: 'clock_step', atMs, service: 'payments-api', instance, byMs }));
}

const inARow = (random: Random, fault: () => PlannedFault): PlannedFault[] =>
  Array.from({ length: random.chance(0.6) ? 1 : random.integer(2, 4) }, fault);

const lost = (random: Random): 'lost_before' | 'lost_after' => (random.chance(0.4) ? 'lost_before' : 'lost_after');

/** The gateway is killed, or frozen past its leases, during a bank call. */
function killBetween(random: Random, momentMs: number): PlannedFault[] {
  const atMs = momentMs + random.between(20, 900);
  const first = random.integer(0, 1);
  const instances = random.chance(0.5) ? [first, 1 - first] : [first];
  const freezes = random.chance(0.4);
  return instances.map((instance) =>
    freezes
      ? { kind: 'freeze', atMs, service: 'bank-gateway', instance, forMs: random.integer(10_000, 25_000) }
      : { kind: 'kill', atMs, service: 'bank-gateway', instance, downMs: random.integer(50, 12_000) },
  );
}
