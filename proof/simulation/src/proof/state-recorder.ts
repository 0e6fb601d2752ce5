import type { Evidence, SometimesCounts, SimulatedSometimesId, ToldAnswer } from '#checker';
import type { bankProtocol } from '#contracts';
import type { Server, Written } from '#memory-postgres';
import { BEGINNING, type Appended, type SimulatedProcess } from '#virtual-time';
import { POISON } from '../schedule/poison.js';
import { keysUsedAnew, refusedForBalance, revokedKeysRefused, walkedWhileCharging } from './reached-by-clients.js';

/** One request of a merchant and its answer. Times in milliseconds since the world began. */
export interface MerchantExchange {
  readonly told: ToldAnswer;
  readonly sentMs: number;
  readonly endedMs: number;
  /** The answer was a replay. */
  readonly replayed: boolean;
}

interface Doubt {
  readonly operation: string;
  readonly atMs: number;
}

/** Takeover of an operation with an attempt in progress by another process. */
interface TakenOver {
  readonly from: SimulatedProcess;
  readonly cause: 'crash' | 'freeze' | 'other';
  isThawed: boolean;
}

/** The final state of a world. */
export interface WorldAtRest {
  readonly evidence: Evidence;
  readonly journals: readonly (readonly bankProtocol.JournalRecord[])[];
  readonly duplicates: number;
  readonly ledger: Server;
}

interface Facts extends WorldAtRest {
  readonly transitions: ReadonlyMap<unknown, number>;
  readonly doubts: readonly Doubt[];
  readonly takenOver: readonly TakenOver[];
  readonly exchanges: readonly MerchantExchange[];
  /** Events that were in Kafka and still in the outbox when their publisher was killed. */
  readonly publishedTwice: number;
  readonly rebalancesInMidBatch: number;
  readonly leadersReplaced: number;
  readonly poisonReplayed: number;
  readonly stoppedInFlight: number;
  /** Expired authorizations. */
  readonly lapsed: number;
  /** Event ids that inbox retention deleted. */
  readonly forgotten: number;
}

/** Records which hard states a world reaches. */
export class StateRecorder {
  readonly #transitions = new Map<unknown, number>();
  readonly #doubts: Doubt[] = [];
  readonly #takenOver: TakenOver[] = [];
  readonly #exchanges: MerchantExchange[] = [];
  #publishedTwice = 0;
  #rebalancesInMidBatch = 0;
  #leadersReplaced = 0;
  #poisonReplayed = 0;
  #stoppedInFlight = 0;
  #lapsed = 0;
  #forgotten = 0;
  /** By event id: the instance that published it. */
  readonly #publishers = new Map<string, string>();
  /** By lease or operation: its last holder. */
  readonly #holders = new Map<string, SimulatedProcess | undefined>();
  /** Processes that have been frozen since they lost a lease. */
  readonly #replaced = new Set<SimulatedProcess>();
  readonly #poisoned = new Set<string>();

  constructor(private readonly nowMs: () => number) {}

  logged(service: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    const { to, operation, charge, event } = fields as Readonly<Record<string, string>>;
    const key = `${service} ${charge}`;
    if (message.startsWith('the breaker of ')) this.#transitions.set(to, (this.#transitions.get(to) ?? 0) + 1);
    else if (message.endsWith(' is in doubt')) this.#doubts.push({ operation: operation!, atMs: this.nowMs() });
    else if (message.startsWith('authorizations have lapsed')) this.#lapsed += Number(fields['found']);
    else if (message.startsWith('parked an event') && event!.startsWith(POISON)) this.#poisoned.add(key);
    else if (message === 'replayed what was parked' && this.#poisoned.delete(key)) this.#poisonReplayed++;
  }

  exchanged(exchange: MerchantExchange): void {
    this.#exchanges.push(exchange);
  }

  published(instance: string, appended: readonly Appended[]): void {
    for (const { record } of appended) this.#publishers.set(String(record.headers?.['ce_id']), instance);
  }

  killed({ name }: SimulatedProcess, database: Server): void {
    const outbox = rowsOf(database, 'outbox').map(({ headers }) => (headers as { ce_id: string }).ce_id);
    this.#publishedTwice += outbox.filter((id) => this.#publishers.get(id) === name).length;
  }

  /** @param requests in progress at SIGTERM */
  stopping(requests: number): void {
    if (requests > 0) this.#stoppedInFlight++;
  }

  thawed(process: SimulatedProcess): void {
    this.#replaced.delete(process);
    for (const taken of this.#takenOver) if (taken.from === process && taken.cause === 'freeze') taken.isThawed = true;
  }

  rebalanced(inHand: number): void {
    if (inHand > 0) this.#rebalancesInMidBatch++;
  }

  /** @param processOf the current process of an instance */
  committed(
    database: string,
    rows: readonly Written[],
    processOf: (instance: string) => SimulatedProcess | undefined,
  ): void {
    for (const row of rows) {
      const table = row.table.schema.name;
      if (row.committed === null && table === 'inbox') this.#forgotten++;
      if (row.committed === null) continue;
      // A holder of a lease is `instance#random`.
      if (table === 'lease') this.#leaseWritten(`${database} ${text(row, 'name')}`, processOf(instanceOf(row)));
      else if (table === 'bank_operation') this.#operationWritten(row, processOf(instanceOf(row)));
    }
  }

  /** Counts the hard states at quiescence. */
  times(atRest: WorldAtRest): ReadonlyMap<SimulatedSometimesId, number> {
    const facts: Facts = {
      ...atRest,
      transitions: this.#transitions,
      doubts: this.#doubts,
      takenOver: this.#takenOver,
      exchanges: this.#exchanges,
      publishedTwice: this.#publishedTwice,
      rebalancesInMidBatch: this.#rebalancesInMidBatch,
      leadersReplaced: this.#leadersReplaced,
      poisonReplayed: this.#poisonReplayed,
      stoppedInFlight: this.#stoppedInFlight,
      lapsed: this.#lapsed,
      forgotten: this.#forgotten,
    };
    const ids = Object.keys(counts) as SimulatedSometimesId[];
    return new Map(ids.map((id) => [id, counts[id](facts)]));
  }

  /** Counts one replaced leader per frozen process, however many leases it loses. */
  #leaseWritten(name: string, holder: SimulatedProcess | undefined): void {
    const before = this.#passed(name, holder);
    if (!before?.frozen || this.#replaced.has(before)) return;
    this.#replaced.add(before);
    this.#leadersReplaced++;
  }

  #operationWritten(row: Written, holder: SimulatedProcess | undefined): void {
    const before = this.#passed(text(row, 'reference'), holder);
    const attempts = valueOf(row, 'attempts') as readonly { readonly outcome: string }[];
    // Only a takeover with an attempt in progress counts.
    if (!before || attempts.at(-1)?.outcome !== 'begun') return;
    const cause = before.dead ? 'crash' : before.frozen ? 'freeze' : 'other';
    this.#takenOver.push({ from: before, cause, isThawed: false });
  }

  /** @returns the previous holder, if it was another process */
  #passed(what: string, holder: SimulatedProcess | undefined): SimulatedProcess | undefined {
    const before = this.#holders.get(what);
    this.#holders.set(what, holder);
    return before === holder ? undefined : before;
  }
}

const counts: SometimesCounts<Facts, SimulatedSometimesId> = {
  'breaker-opened': ({ transitions }) => transitions.get('open') ?? 0,
  'breaker-half-opened': ({ transitions }) => transitions.get('half_open') ?? 0,
  'breaker-closed': ({ transitions }) => transitions.get('closed') ?? 0,
  'doubt-had-happened': (facts) => doubtsThat(facts, (happened) => happened),
  'doubt-had-not': (facts) => doubtsThat(facts, (happened) => !happened),
  'late-refused': ({ journals }) =>
    journals
      .flat()
      .filter(
        (record) => record.type === 'refusal' && (record.code === 'validity_expired' || record.code === 'reversed'),
      ).length,
  'reversed-unseen': ({ journals }) => journals.reduce((sum, records) => sum + reversedUnseen(records), 0),
  'duplicate-dropped': ({ duplicates }) => duplicates,
  'crash-before-delete': ({ publishedTwice }) => publishedTwice,
  'crash-after-begun': ({ takenOver }) => takenOver.filter(({ cause }) => cause === 'crash').length,
  'rebalance-mid-batch': ({ rebalancesInMidBatch }) => rebalancesInMidBatch,
  'worker-thawed': ({ takenOver }) => takenOver.filter(({ isThawed }) => isThawed).length,
  'leader-replaced': ({ leadersReplaced }) => leadersReplaced,
  'poison-replayed': ({ poisonReplayed }) => poisonReplayed,
  'pending-then-succeeded': ({ exchanges, evidence }) => {
    const pending = exchanges.filter(
      ({ told }) => told.asked === 'charge' && told.status === 200 && told.body?.includes('"status": "pending"'),
    );
    const charges = new Set(pending.map(({ told }) => told.chargeId));
    return evidence.charges.filter(({ id, state }) => state === 'succeeded' && charges.has(id)).length;
  },
  'capture-won': (facts) => racesEnded(facts, 'succeeded'),
  'cancel-won': (facts) => racesEnded(facts, 'canceled'),
  'hold-refused-compensated': (facts) => holdsReleased(facts, 'hold_refused'),
  'capture-failed-compensated': (facts) => holdsReleased(facts, 'capture_failed'),
  'dropped-answer-replayed': ({ exchanges }) =>
    [...Map.groupBy(exchanges, ({ told: { account, key } }) => `${account} ${key}`).values()].filter((told) => {
      const lost = told.find((exchange) => exchange.told.status === undefined);
      return lost && told.some(({ replayed, sentMs }) => replayed && sentMs > lost.sentMs);
    }).length,
  'authorization-lapsed': ({ lapsed }) => lapsed,
  'list-walked-while-charging': ({ evidence }) => walkedWhileCharging(evidence.exchanges),
  'refund-without-balance': ({ evidence }) => refusedForBalance(evidence.exchanges),
  'stopped-in-flight': ({ stoppedInFlight }) => stoppedInFlight,
  'inbox-forgot': ({ forgotten }) => forgotten,
  'revoked-key-refused': ({ evidence }) => revokedKeysRefused(evidence.exchanges),
  'key-used-anew': ({ evidence }) => keysUsedAnew(evidence.exchanges),
};

/** Counts doubts by whether the bank had performed the operation by then. */
function doubtsThat({ doubts, evidence }: Facts, wanted: (happened: boolean) => boolean): number {
  const performedAt = new Map<string, number>();
  for (const { reference, at } of evidence.entries)
    performedAt.set(reference, Math.min(at, performedAt.get(reference) ?? Infinity));
  return doubts.filter(({ operation, atMs }) => wanted((performedAt.get(operation) ?? Infinity) <= BEGINNING + atMs))
    .length;
}

/** Counts reversals of references that the bank had neither performed nor refused. */
function reversedUnseen(records: readonly bankProtocol.JournalRecord[]): number {
  const decided = new Set<string>();
  let times = 0;
  for (const record of records) {
    if (record.type === 'entry' || record.type === 'refusal') decided.add(record.reference);
    else if (record.type === 'fence' && record.reference.includes('.authorize.') && !decided.has(record.reference))
      times++;
  }
  return times;
}

/** Counts overlapping captures and cancellations: each was sent before the other was answered. */
function racesEnded({ exchanges, evidence }: Facts, wanted: string): number {
  const changes = Map.groupBy(exchanges, ({ told }) => told.chargeId);
  return evidence.charges.filter(({ id, state }) => {
    if (state !== wanted) return false;
    const of = (asked: ToldAnswer['asked']): MerchantExchange[] =>
      (changes.get(id) ?? []).filter(({ told }) => told.asked === asked);
    return of('capture').some((capture) => of('refund').some((cancel) => overlap(capture, cancel)));
  }).length;
}

const holdsReleased = ({ ledger }: Facts, wanted: string): number =>
  rowsOf(ledger, 'hold').filter(({ state, cause }) => state === 'released' && cause === wanted).length;

const overlap = (a: MerchantExchange, b: MerchantExchange): boolean => a.sentMs < b.endedMs && b.sentMs < a.endedMs;

function rowsOf({ storage }: Server, name: string): Record<string, unknown>[] {
  const table = storage.tables.find(({ schema }) => schema.name === name)!;
  return [...table.rows].flatMap(({ committed }) =>
    committed ? [Object.fromEntries(table.schema.columns.map((column, place) => [column.name, committed[place]]))] : [],
  );
}

const instanceOf = (row: Written): string => text(row, 'holder').split('#')[0]!;

const text = (row: Written, name: string): string => valueOf(row, name) as string;

function valueOf({ table, committed }: Written, name: string): unknown {
  return committed![table.schema.columns.findIndex((column) => column.name === name)];
}
