import {
  bankFaultsIn,
  check,
  invariants,
  judgeWarnings,
  successesIn,
  type Evidence,
  type LogWarning,
  type Verdict,
} from '#checker';
import { bank, deadLetterTopics, topics, type CloudEvent } from '#contracts';
import { Server, type Written } from '#memory-postgres';
import { isTransientError } from '#postgres';
import { JOB_FAILED, SHUTDOWN_LIMIT_MS } from '#service';
import {
  BEGINNING,
  Broker,
  network,
  Random,
  Scheduler,
  SimulatedProcess,
  toldToEnd,
  virtualGlobals,
  type BrokerHost,
  type Connection,
  type DatabaseHost,
  type PublishFault,
} from '#virtual-time';
import { countsOf } from '../proof/enough.js';
import { countOf } from '../proof/sometimes.js';
import { countOfWarning } from '../proof/warnings.js';
import { SimulatedBanks } from '../banks/simulated-banks.js';
import { SimulatedReceivers } from '../receivers/simulated-receivers.js';
import { Merchants } from '../merchant/merchants.js';
import type { MerchantOperation } from '../operations/operation.js';
import { ContinuousChecks, type BrokenPromise } from '../proof/continuous-checks.js';
import { FaultsInEffect } from '../proof/faults-in-effect.js';
import { StateRecorder } from '../proof/state-recorder.js';
import { evidenceOf, unsettled, type WorldDatabases } from '../proof/evidence.js';
import { closingLook } from '../schedule/closing-look.js';
import { describe as inWords, type PlannedFault, type SimulatedServiceName } from '../schedule/fault.js';
import type { TimeLeap } from '../schedule/time-leap.js';
import type { WorldSchedule } from '../schedule/schedule.js';
import { RunningService, type ProcessEnvironment } from '../service/running-service.js';
import type { SimulatedServiceDefinition } from '../service/service-definition.js';
import { ApiKeys } from '../databases/api-keys.js';
import { Operator } from './operator.js';
import { poison } from '../schedule/poison.js';
import { Counts } from '../log/counting-metrics.js';
import { WorldLog } from '../log/world-log.js';
import { inWords as fieldsInWords } from '../log/log-to-world.js';

export type Definitions = Readonly<Record<SimulatedServiceName, SimulatedServiceDefinition>>;

/** Whether unexplained warnings and errors in logs break a run too (`everything`), or the promises alone. */
export type JudgedBy = 'everything' | 'promises';

/** Called for every statement to a service's database. */
export type OnStatement = (
  service: SimulatedServiceName,
  session: object,
  text: string,
  params: readonly unknown[],
) => void;

export interface WorldResult {
  readonly schedule: WorldSchedule;
  readonly verdict: Verdict;
  /** Failures beside the invariants: an uncaught error, an unexplained line in a log. */
  readonly bugs: readonly string[];
  readonly story: WorldLog;
  readonly counts: Counts;
  readonly events: number;
  readonly virtualMs: number;
}

const PARTITIONS = 4;
const INSTANCES = 2;
const START_WITHIN_MS = 5_000;
/** Time at which all faults are lifted. */
const HEALED_AFTER_MS = 100_000;
/** A7: time after the last fault within which every charge ends. */
const ENDED_WITHIN_MS = 60_000;
/** Time for reconciliation to find and reverse every stray. */
const AT_REST_WITHIN_MS = 150_000;
const LOOK_EVERY_MS = 1_000;
/** Longest interval between checks of an ended world. They read everything, so they become less frequent. */
const LOOK_EVERY_MAX_MS = 16_000;
const RESTARTED_AFTER_MS = 1_000;
/** Share of an outage in which the server is starting: it replays its log and refuses sessions. */
const STARTING_SHARE = 0.4;
const OPERATOR_LOOKS_EVERY_MS = 5_000;

/** A supervisor kills a service that has not ended by then. */
const ENDED_BY_FORCE_AFTER_MS = SHUTDOWN_LIMIT_MS + 1_000;

interface Which {
  readonly service: SimulatedServiceName;
  readonly instance: number;
}

interface Look {
  readonly events: number;
  readonly nowMs: number;
  readonly quietSinceMs: number | undefined;
  readonly evidence: Evidence;
  readonly verdict: Verdict;
}

interface Host extends DatabaseHost {
  up: boolean;
  /** During an outage, the time from which it answers that it is starting. */
  startsMs: number;
  pending: ('lost_before' | 'lost_after')[];
}

/** One world, from its start to quiescence: three services in two instances each, their databases, a Kafka, four banks. */
export class World {
  readonly scheduler = new Scheduler();
  readonly story = new WorldLog(() => this.scheduler.nowMs);
  readonly counts = new Counts();
  readonly bugs: string[] = [];
  readonly #random: Random;
  readonly #hosts: Readonly<Record<SimulatedServiceName, Host>>;
  readonly #broker: BrokerHost & { pending: Map<string, PublishFault[]> };
  readonly #banks: SimulatedBanks;
  readonly #receivers: SimulatedReceivers;
  readonly #instances = new Map<string, RunningService>();
  readonly #merchants: Merchants;
  readonly #reached = new StateRecorder(() => this.scheduler.nowMs);
  #look: Look | undefined;
  /** A promise that was broken before quiescence. It ends the world. */
  #breach: BrokenPromise | undefined;
  #quietSinceMs: number | undefined;
  readonly #always = new ContinuousChecks((breach) => this.#break(breach));
  readonly #faults = new FaultsInEffect(() => this.scheduler.nowMs);
  readonly #warnings: LogWarning[] = [];

  constructor(
    private readonly schedule: WorldSchedule,
    private readonly definitions: Definitions,
    private readonly judge: JudgedBy,
    private readonly onStatement?: OnStatement,
  ) {
    this.#random = new Random(schedule.seed);
    this.#hosts = {
      'payments-api': this.#host('payments-api'),
      'bank-gateway': this.#host('bank-gateway'),
      ledger: this.#host('ledger'),
    };
    const pending = new Map<string, PublishFault[]>();
    this.#broker = {
      broker: new Broker([...topics, ...deadLetterTopics], PARTITIONS),
      network: network(this.#random.fork('kafka')),
      faults: { onPublish: ({ name }, events) => this.#faultOfSend(name, events, pending) },
      observer: {
        onAppended: ({ name }, appended) => {
          this.#reached.published(name, appended);
          this.#always.published(appended);
        },
        onRebalance: (inHand) => this.#reached.rebalanced(inHand),
      },
      pending,
    };
    this.#banks = new SimulatedBanks(
      this.#process('banks'),
      network(this.#random.fork('bank network')),
      (bank, strike, request) => {
        this.counts.add(`bank fault ${strike.fault}`);
        this.story.tell(
          bank,
          () => `${strike.fault} strikes ${request.kind}${'reference' in request ? ` ${request.reference}` : ''}`,
        );
      },
      (bank, record) => {
        if (record.type === 'entry') this.#always.performed({ ...record, bank });
      },
    );
    this.#receivers = new SimulatedReceivers(
      this.#process('receivers'),
      network(this.#random.fork('way to receivers')),
      this.#random.fork('receivers'),
    );
    this.#merchants = new Merchants(
      this.#process('merchants'),
      network(this.#random.fork('internet')),
      this.story,
      (place) => this.#api(place),
      (exchange) => {
        this.#reached.exchanged(exchange);
        this.#always.told(exchange.told);
      },
      schedule.settings.API_KEYS === 'strict'
        ? new ApiKeys(this.#hosts['payments-api'].server, () => BEGINNING + this.scheduler.nowMs)
        : undefined,
    );
  }

  #break(breach: BrokenPromise): void {
    if (this.#breach) return;
    this.#breach = breach;
    this.story.tell('the world', `ends here: ${breach.id} is broken. ${breach.line}`);
  }

  run(): WorldResult {
    const restore = virtualGlobals(this.scheduler);
    const onRejection = (error: unknown): void => {
      if (this.judge === 'promises') return this.#crash();
      this.bugs.push(
        `${this.scheduler.current?.name ?? 'the world'}: nobody caught ${error instanceof Error ? error.stack : String(error)}`,
      );
    };
    process.on('unhandledRejection', onRejection);
    try {
      this.#startAll();
      this.#unfold();
      this.#comeToRest();
      return this.#outcome();
    } finally {
      process.off('unhandledRejection', onRejection);
      restore();
    }
  }

  #startAll(): void {
    if (this.#hasReceivers) this.#receivers.register(this.#hosts['payments-api'].server);
    for (const service of Object.keys(this.definitions) as SimulatedServiceName[]) {
      for (let instance = 0; instance < INSTANCES; instance++) this.#start(service, instance);
    }
    this.scheduler.runUntil(START_WITHIN_MS, () => this.#isBroken || this.#allReady());
    if (!this.#allReady()) this.bugs.push('the services did not start');
  }

  get #isBroken(): boolean {
    return this.bugs.length > 0 || this.#breach !== undefined;
  }

  /** A third of the worlds: deliveries are a quarter of a world's work. */
  get #hasReceivers(): boolean {
    return this.schedule.seed % 3 === 0;
  }

  #allReady(): boolean {
    return [...this.#instances.values()].every((instance) => instance.ready);
  }

  #unfold(): void {
    const { operations, faults } = this.schedule;
    this.#begin(operations);
    for (const fault of faults) this.scheduler.after(fault.atMs, undefined, () => this.#strike(fault));
    const last = Math.max(
      ...operations.map(({ atMs }) => atMs),
      ...faults.map((fault) => fault.atMs + lengthOf(fault)),
    );
    this.#runFor(Math.min(last, HEALED_AFTER_MS));
  }

  #comeToRest(): void {
    if (this.#isBroken) return;
    this.#heal();
    if (this.#isPoisoned) this.#lookAfterParked();
    if (!this.#settles()) return;
    this.story.tell('the world', 'is at rest');
    if (this.schedule.lingerMs > 0) {
      this.#runFor(this.schedule.lingerMs);
      // A statement page that is being published does not prevent quiescence.
      if (!this.#settles()) return;
    }
    if (this.schedule.later && !this.#settlesAfter(this.schedule.later)) return;
    this.#lookBack();
  }

  /** Final reads of the merchants, which must show the rows exactly. */
  #lookBack(): void {
    this.#quietSinceMs = this.#merchants.client.nowMs;
    this.#begin(closingLook(this.schedule.operations));
    this.#merchants.reachForEverything();
    this.#settles();
  }

  #settlesAfter({ leapMs, operations }: TimeLeap): boolean {
    this.story.tell('the world', `leaps by ${leapMs / 3_600_000} hours`);
    this.#faults.leapt(leapMs);
    this.scheduler.leap(leapMs);
    this.#begin(operations);
    this.#runFor(Math.max(...operations.map(({ atMs }) => atMs)));
    return this.#settles();
  }

  #begin(operations: readonly MerchantOperation[]): void {
    for (const operation of operations)
      this.scheduler.after(operation.atMs, undefined, () => this.#merchants.begin(operation));
  }

  get #isPoisoned(): boolean {
    return this.schedule.faults.some(({ kind }) => kind === 'poison');
  }

  #lookAfterParked(): void {
    const process = this.#process('operator');
    const operator = new Operator(process, Object.values(this.#hosts));
    const look = (): void => {
      void operator
        .look()
        .catch((error: unknown) => this.bugs.push(`operator: ${String(error)}`))
        .finally(() => this.scheduler.after(OPERATOR_LOOKS_EVERY_MS, process, look));
    };
    this.scheduler.after(0, process, look);
  }

  /** Waits for quiescence, or for its time limit. @returns whether every promise holds */
  #settles(): boolean {
    const healedMs = this.scheduler.nowMs;
    let [everyMs, holds] = [LOOK_EVERY_MS, false];
    while (!this.#isBroken && !holds) {
      this.#runFor(everyMs);
      const passedMs = this.scheduler.nowMs - healedMs;
      const ended = this.#merchants.idle && unsettled(this.#databases) === 0;
      holds = ended && this.#verdict().holds;
      if (passedMs > (ended ? AT_REST_WITHIN_MS : ENDED_WITHIN_MS)) break;
      if (ended) everyMs = Math.min(2 * everyMs, LOOK_EVERY_MAX_MS);
    }
    this.#wantAnswers();
    return holds && !this.#isBroken;
  }

  /** A15: merchants retry without limit, so after all faults are lifted every request must get a final answer. */
  #wantAnswers(): void {
    const { unanswered } = this.#merchants;
    if (this.#isBroken || unanswered.length === 0) return;
    const line = `without a final answer ${ENDED_WITHIN_MS / 1_000} s after the last fault: ${unanswered.join(', ')}`;
    this.#break({ id: 'A15', promise: promiseOf('A15'), line });
  }

  #runFor(ms: number): void {
    this.scheduler.runUntil(this.scheduler.nowMs + ms, () => this.#isBroken);
  }

  get #databases(): WorldDatabases {
    const { 'payments-api': payments, 'bank-gateway': gateway, ledger } = this.#hosts;
    return { payments: payments.server, gateway: gateway.server, ledger: ledger.server };
  }

  #outcome(): WorldResult {
    const { schedule, bugs, story, counts, scheduler } = this;
    const verdict = this.#verdict();
    if (this.judge === 'everything') this.#judgeWarnings();
    for (const [name, count] of countsOf(successesIn(this.#merchants.exchanges))) this.counts.add(name, count);
    if (verdict.holds && bugs.length === 0) this.#countReached();
    return { schedule, verdict, bugs, story, counts, events: scheduler.events, virtualMs: scheduler.nowMs };
  }

  #judgeWarnings(): void {
    const faults = [...this.#faults.stretches, ...bankFaultsIn(this.#banks.onRecord().requests)];
    const { unprovoked, uses } = judgeWarnings(this.#warnings, faults);
    for (const [id, count] of uses) this.counts.add(countOfWarning(id), count);
    for (const { service, instance, atMs, level, message, detail } of unprovoked)
      this.bugs.push(
        `${service}: no fault provoked this ${level}: ${message}\n  ${instance} at ${((atMs - BEGINNING) / 1_000).toFixed(3)} s${detail}`,
      );
  }

  #countReached(): void {
    const times = this.#reached.times({
      evidence: this.#evidence(),
      journals: [...this.#banks.journals.values()],
      duplicates: this.counts.of('step_outcomes_total duplicate'),
      ledger: this.#hosts.ledger.server,
    });
    for (const [id, count] of times) this.counts.add(countOf(id), count);
  }

  #evidence(): Evidence {
    return this.#looked().evidence;
  }

  /** Evidence and verdict of this moment. Cached until the next event, since nothing changes between events. */
  #looked(): Look {
    const { events, nowMs } = this.scheduler;
    const quietSinceMs = this.#quietSinceMs;
    const known = this.#look;
    if (known?.events === events && known.nowMs === nowMs && known.quietSinceMs === quietSinceMs) return known;
    const seen = evidenceOf(
      this.#databases,
      this.#banks.onRecord(),
      this.#merchants,
      this.#faults.stretches,
      this.#hasReceivers ? this.#receivers : { endpoints: [], receipts: [] },
    );
    const evidence = quietSinceMs === undefined ? seen : { ...seen, quietSinceMs };
    return (this.#look = { events, nowMs, quietSinceMs, evidence, verdict: check(evidence) });
  }

  #verdict(): Verdict {
    const { verdict } = this.#looked();
    if (!this.#breach) return verdict;
    // The world is not quiescent, so only A16 can be checked besides: refusals are final.
    const { id, promise, line } = this.#breach;
    const refused = verdict.violations.filter((violation) => violation.id === 'A16');
    return { ...verdict, holds: false, violations: [{ id, promise, lines: [line] }, ...refused] };
  }

  #process(name: string): SimulatedProcess {
    return new SimulatedProcess(name, this.scheduler, this.#random.fork(`${name} ${this.scheduler.nowMs}`));
  }

  #host(service: SimulatedServiceName): Host {
    const connections = new Set<Connection>();
    const pending: Host['pending'] = [];
    const server = new Server(this.definitions[service].database.storage(), {
      now: () => BEGINNING + Math.floor(this.scheduler.nowMs),
      soon: (work) => void this.scheduler.after(0, undefined, work),
      after: (delayMs, work) => this.scheduler.after(delayMs, undefined, work),
      onCommit: (rows) => this.#committed(service, rows),
      ...(this.onStatement && {
        onSubmit: (session, text, params) => this.onStatement!(service, session, text, params),
      }),
    });
    const host: Host = {
      server,
      connections,
      pending,
      up: true,
      startsMs: 0,
      isUp: () => host.up,
      isStarting: () => !host.up && this.scheduler.nowMs >= host.startsMs,
      network: network(this.#random.fork(`postgres ${service}`)),
      faults: { onCommit: () => this.#faultOfCommit(service, pending) },
    };
    return host;
  }

  #committed(service: SimulatedServiceName, rows: readonly Written[]): void {
    if (service === 'payments-api') this.#always.committedInPayments(rows);
    if (service === 'ledger') this.#always.committedInLedger(rows);
    this.#reached.committed(service, rows, (name) => this.#instances.get(name)?.process);
  }

  #faultOfCommit(service: SimulatedServiceName, pending: Host['pending']): 'nothing' | 'lost_before' | 'lost_after' {
    const fault = pending.shift();
    if (fault) this.#faults.lost('commit_lost', service);
    return fault ?? 'nothing';
  }

  #faultOfSend(
    instance: string,
    events: readonly CloudEvent[],
    pending: ReadonlyMap<string, PublishFault[]>,
  ): 'nothing' | PublishFault {
    const service = serviceOf(instance);
    const fault = faultFor(events, pending.get(service) ?? []);
    if (fault !== 'nothing') this.#faults.lost(fault === 'lost_acknowledged' ? 'event_lost' : 'kafka_away', service);
    return fault;
  }

  #start(service: SimulatedServiceName, instance: number): void {
    const name = `${service}-${instance}`;
    const process = this.#process(name);
    const around: ProcessEnvironment = {
      database: this.#hosts[service],
      broker: this.#broker,
      banks: this.#banks,
      receivers: this.#receivers,
      story: this.story,
      counts: this.counts,
      settings: this.schedule.settings,
      onLine: (level, message, fields) => {
        this.#reached.logged(service, message, fields);
        if (message === JOB_FAILED) this.#jobFailed(name, fields);
        else if (level !== 'info') this.#warned({ level, service, instance: name, message }, fields);
      },
      keepsHouse: this.#isPoisoned || this.schedule.later !== undefined,
    };
    const running = new RunningService(this.definitions[service], process, around);
    this.#instances.set(name, running);
    this.scheduler.after(0, process, () => {
      running.start().catch((error: unknown) => this.#couldNotStart({ service, instance }, error));
    });
  }

  /** A18: failures by an outage or a lost lease have other outcomes, so this one is a bug. */
  #jobFailed(instance: string, { periodicJob, err }: Readonly<Record<string, unknown>>): void {
    const line = `${instance}: ${String(periodicJob)}: ${String(err)}`;
    this.#break({ id: 'A18', promise: 'no periodic job fails for a reason of its own', line });
  }

  #warned(line: Omit<LogWarning, 'atMs'>, fields: Readonly<Record<string, unknown>>): void {
    const { bank, charge } = fields as { readonly bank?: string; readonly charge?: string };
    const atMs = BEGINNING + this.scheduler.nowMs;
    this.#warnings.push({ ...line, atMs, bank, charge, detail: fieldsInWords(fields) });
  }

  #api(place: number): RunningService | undefined {
    const ready = [...this.#instances.values()].filter(({ name, ready }) => name === 'payments-api' && ready);
    return ready[place % Math.max(1, ready.length)];
  }

  #strike(fault: PlannedFault): void {
    this.story.tell('nemesis', () => inWords(fault));
    this.counts.add(`fault ${fault.kind}`);
    this.#faults.struck(fault);
    switch (fault.kind) {
      case 'kill':
        this.#kill(fault);
        this.scheduler.after(fault.downMs, undefined, () => this.#restart(fault));
        return;
      case 'terminate':
        return this.#stop(fault, fault.downMs, () =>
          this.scheduler.after(fault.downMs, undefined, () => this.#restart(fault)),
        );
      case 'rolling_restart':
        return this.#restartInTurn({ service: fault.service, instance: 0 });
      case 'freeze': {
        const { process } = this.#instance(fault);
        process.freeze();
        this.scheduler.after(fault.forMs, undefined, () => this.#thaw(process));
        return;
      }
      case 'cut':
        for (const connection of this.#hosts[fault.service].connections) {
          if (connection.process.name === `${fault.service}-${fault.instance}`) connection.cut();
        }
        return;
      case 'database_away':
        this.#away(this.#hosts[fault.service], fault.forMs);
        return;
      case 'kafka_away':
        this.#broker.broker.isUp = false;
        this.scheduler.after(fault.forMs, undefined, () => void (this.#broker.broker.isUp = true));
        return;
      case 'rebalance':
        this.#broker.broker.rebalance(fault.service);
        return;
      case 'clock_step':
        this.#instance(fault).process.wallOffsetMs += fault.byMs;
        return;
      case 'commit_lost':
        this.#hosts[fault.service].pending.push(fault.when);
        return;
      case 'publish_lost': {
        const list = this.#broker.pending.get(fault.service) ?? [];
        this.#broker.pending.set(fault.service, [...list, fault.when]);
        return;
      }
      case 'poison': {
        const record = poison(this.#broker.broker, fault.topic, PARTITIONS, this.#random.fork(`poison ${fault.atMs}`));
        if (record) this.#faults.poisoned(record.key.toString());
        this.story.tell('nemesis', () => (record ? `… under the key ${record.key.toString()}` : '… is not even there'));
        return;
      }
      case 'bank': {
        const { id } = this.#banks.rules.add(fault.rule);
        this.scheduler.after(fault.forMs, undefined, () => void this.#banks.rules.remove(id));
      }
    }
  }

  #kill(which: Which): void {
    const { process } = this.#instance(which);
    if (!process.dead) this.#reached.killed(process, this.#hosts[which.service].server);
    process.kill();
  }

  /** SIGTERM, and SIGKILL after the time limit. @param whenEnded not called if another fault ends it first */
  #stop(which: Which, downMs: number, whenEnded: () => void): void {
    this.#faults.terminated(which, downMs);
    const running = this.#instance(which);
    const { process, ready } = running;
    if (process.dead) return;
    if (!ready) {
      // It has not started yet.
      process.kill();
      return whenEnded();
    }
    this.scheduler.after(ENDED_BY_FORCE_AFTER_MS, undefined, () => {
      if (process.dead) return;
      this.#kill(which);
      whenEnded();
    });
    this.scheduler.after(0, process, () => void this.#end(running, whenEnded));
  }

  async #end(running: RunningService, whenEnded: () => void): Promise<void> {
    this.#reached.stopping(running.door!.inHand);
    const clean = await running.stop();
    this.story.tell(running.process.name, clean ? 'has ended' : 'has ended, and left something behind');
    whenEnded();
  }

  #restartInTurn(which: Which): void {
    if (which.instance === INSTANCES) return;
    const next = { ...which, instance: which.instance + 1 };
    this.#stop(which, 0, () => {
      this.#restart(which);
      this.#onceReady(which, () => this.#restartInTurn(next));
    });
  }

  #onceReady(which: Which, then: () => void): void {
    if (this.#instance(which).ready) return then();
    this.scheduler.after(LOOK_EVERY_MS, undefined, () => this.#onceReady(which, then));
  }

  #thaw(process: SimulatedProcess): void {
    if (process.frozen) this.#reached.thawed(process);
    process.thaw();
  }

  /** A failed start: production logs the reason and exits. Any reason but a transient error is a bug. */
  #couldNotStart(which: Which, error: unknown): void {
    const { process } = this.#instance(which);
    this.story.tell(process.name, () => `could not start: ${String(error)}`);
    if (this.judge === 'everything' && !isTransientError(error)) {
      this.bugs.push(`${process.name}: could not start: ${String(error)}`);
      return;
    }
    this.#endAndRestart(which);
  }

  /** Kills the current process, as Node does on an uncaught error. */
  #crash(): void {
    const crashed = [...this.#instances.entries()].find(([, { process }]) => process === this.scheduler.current);
    if (!crashed) return;
    const [name, { definition }] = crashed;
    const service = definition.options.name as SimulatedServiceName;
    this.#endAndRestart({ service, instance: Number(name.slice(service.length + 1)) });
  }

  /** Ends a process; its supervisor restarts it. */
  #endAndRestart(which: Which): void {
    this.#instance(which).process.kill();
    this.scheduler.after(RESTARTED_AFTER_MS, undefined, () => this.#restart(which));
  }

  #instance({ service, instance }: Which): RunningService {
    return this.#instances.get(`${service}-${instance}`)!;
  }

  #restart(which: Which): void {
    if (this.#instance(which).process.dead) this.#start(which.service, which.instance);
  }

  /** A database outage: in half of the cases a restart with its errors, else without any answer. */
  #away(host: Host, forMs: number): void {
    const { nowMs } = this.scheduler;
    const isRestart = this.#random.fork(`away ${nowMs}`).chance(0.5);
    host.up = false;
    host.startsMs = isRestart ? nowMs + forMs * (1 - STARTING_SHARE) : Infinity;
    for (const connection of host.connections) connection.cut(isRestart ? toldToEnd() : undefined);
    this.scheduler.after(forMs, undefined, () => this.#back(host));
  }

  #back(host: Host): void {
    host.up = true;
    host.server.notifyListeners();
  }

  /** Lifts every fault. */
  #heal(): void {
    this.story.tell('nemesis', 'lifts every fault');
    this.#faults.healed();
    for (const host of Object.values(this.#hosts)) {
      host.pending.length = 0;
      if (!host.up) this.#back(host);
    }
    this.#broker.pending.clear();
    this.#broker.broker.isUp = true;
    this.#banks.rules.removeAll();
    for (const { process, definition } of this.#instances.values()) {
      this.#thaw(process);
      const service = definition.options.name as SimulatedServiceName;
      if (process.dead) this.#start(service, Number(process.name.slice(service.length + 1)));
    }
  }
}

/** The pending publish fault, except for statement pages: only an operator could republish a lost page. */
function faultFor(events: readonly CloudEvent[], pending: PublishFault[]): 'nothing' | PublishFault {
  const isPage = events.some(({ type }) => type === bank.statementPublished.type);
  if (isPage && pending[0] === 'lost_acknowledged') return 'nothing';
  return pending.shift() ?? 'nothing';
}

const promiseOf = (id: string): string => invariants.find((invariant) => invariant.id === id)!.promise;

const serviceOf = (instance: string): SimulatedServiceName => instance.replace(/-\d+$/, '') as SimulatedServiceName;

/** Longest time that a service takes to end after SIGTERM. */
const ENDS_WITHIN_MS = 12_000;

function lengthOf(fault: PlannedFault): number {
  if (fault.kind === 'terminate') return ENDS_WITHIN_MS + fault.downMs;
  if (fault.kind === 'rolling_restart') return INSTANCES * ENDS_WITHIN_MS;
  if ('forMs' in fault) return fault.forMs;
  return 'downMs' in fault ? fault.downMs : 0;
}
