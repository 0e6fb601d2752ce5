import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { check, gatherEvidence, unsettled, type Evidence } from '#checker';
import { repositoryRoot } from '../../../../infra/local/repository.js';
import { startRuntime, type Runtime } from '../../../../infra/local/runtime.js';
import type { StartProgress } from '../../../../infra/local/runtime-options.js';
import { BankFaults } from '../nemesis/bank-faults.client.js';
import { LaunchSettings } from '../nemesis/launch-settings.js';
import { Moments } from '../nemesis/moments.js';
import { Nemesis, type RunningStrike } from '../nemesis/nemesis.js';
import { Poison } from '../nemesis/poison.js';
import { ChaosNetwork } from '../network/network.js';
import { strikesInEffect } from '../verdict/faults-in-effect.js';
import { jobRunsIn } from '../verdict/periodic-jobs.js';
import { readBack } from '../verdict/read-back.js';
import type { RunFacts } from '../verdict/run-facts.js';
import { settle, type SettledRun } from '../verdict/settle.js';
import { toldOf } from '../workload/exchange.js';
import { History } from '../workload/history.js';
import { ACCOUNTS, Workload } from '../workload/workload.js';
import { provisionAccounts, strictKeys } from './accounts.js';
import { chargesToTell, readStories } from '../evidence/charge-stories.client.js';
import { ChaosDatabases } from '../evidence/databases.js';
import { readJournals } from '../evidence/journals.client.js';
import { readLogs } from '../evidence/log-evidence.js';
import { linesIn } from '../evidence/logs.js';
import { Observer, type Holders } from './observer.js';
import { readHoldEndings, readOperations } from '../evidence/operations.js';
import type { RunPlan } from './plan.js';
import { readCopies } from '../evidence/topics.js';

/** How long clients retry unanswered requests after the last fault is lifted. */
const CLIENTS_PATIENCE_MS = 60_000;

export interface Watching {
  readonly progress: StartProgress;
  /** The workload has started. */
  began?(live: RunningChaos): void;
  struck?(strike: RunningStrike): void;
  phase?(words: string): void;
}

/** Live view of a running chaos run, for progress output. */
export interface RunningChaos {
  readonly history: History;
  readonly nemesis: Nemesis;
  /** Unix ms. */
  readonly beganAt: number;
  readonly elapsedMs: () => number;
}

/**
 * One run: starts a system in an empty folder, sends traffic, injects faults, lifts them, waits for quiescence, gathers
 * the facts. It always stops every process; data and logs stay in `dataDir`.
 */
export class ChaosRun {
  #leasesPassed = new Map<number, number>();
  #held = new Map<number, Promise<Holders>>();

  private constructor(
    private readonly plan: RunPlan,
    readonly dataDir: string,
    /** Folder to which history and faults are written as they happen. */
    readonly reportDir: string,
    private readonly watching: Watching,
    private readonly signal: AbortSignal,
  ) {}

  static async prepare(plan: RunPlan, reportDir: string, watching: Watching, signal: AbortSignal): Promise<ChaosRun> {
    const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-chaos-'));
    await chmod(dataDir, 0o755); // under root, Postgres runs as another user, which must be able to enter
    await mkdir(reportDir, { recursive: true });
    return new ChaosRun(plan, dataDir, reportDir, watching, signal);
  }

  async run(): Promise<RunFacts> {
    const { plan, watching, signal } = this;
    const network = await ChaosNetwork.open();
    const launchSettings = new LaunchSettings();
    let runtime: Runtime | undefined;
    try {
      runtime = await startRuntime({
        dataDir: this.dataDir,
        ports: 'free',
        instances: { 'payments-api': 2, 'bank-gateway': 2, ledger: 2 },
        kafka: process.env.HOLDFAST_KAFKA === 'container' ? 'container' : 'jvm',
        env: { ...strictKeys, ...plan.env },
        envAtLaunch: (instance, env) => ({ ...network.between(instance, env), ...launchSettings.envOf(instance) }),
        progress: watching.progress,
        signal,
      });
      // After an interruption the processes are gone, and pending work would wait for ever.
      return await Promise.race([this.#rage(runtime, network, launchSettings), aborted(signal)]);
    } finally {
      watching.phase?.('stopping');
      await network.heal();
      await runtime?.stop();
      await network.close();
    }
  }

  async discard(): Promise<void> {
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #rage(runtime: Runtime, network: ChaosNetwork, launchSettings: LaunchSettings): Promise<RunFacts> {
    const { plan, watching, signal } = this;
    const databases = new ChaosDatabases(runtime.databaseUrl);
    const observer = new Observer(runtime.urls.admin, databases);
    const accounts = await provisionAccounts(runtime.operatorsUrl, ACCOUNTS);
    const beganAt = Date.now();
    const originMs = performance.now();
    const elapsedMs = (): number => performance.now() - originMs;
    const nowMs = (): number => beganAt + elapsedMs();
    const history = new History(join(this.reportDir, 'history.jsonl'));
    const workload = new Workload(plan.seed, plan.traffic, accounts, history, runtime.urls.apis, nowMs);
    const nemesisLog = createWriteStream(join(this.reportDir, 'faults.jsonl'));
    const bankFaults = new BankFaults(runtime.urls.banksAdmin);
    const world = {
      control: runtime.control,
      network,
      launchSettings,
      bankFaults,
      moments: new Moments(runtime.control, bankFaults, databases),
      poison: new Poison(databases, runtime.operatorsUrl, (amountMinor) => workload.charge(amountMinor)),
    };
    const nemesis = new Nemesis(world, elapsedMs, {
      changed: (struck) => {
        nemesisLog.write(`${JSON.stringify(struck)}\n`);
        watching.struck?.(struck);
      },
      stands: ({ fault, number }) => {
        if (fault.kind === 'freeze') this.#held.set(number, observer.holders());
      },
      beforeLift: (struck) => this.#countLeasesPassed(struck, observer),
    });
    try {
      observer.start();
      workload.open();
      watching.began?.({ history, nemesis, beganAt, elapsedMs });
      await nemesis.run(plan.schedule, signal);
      await until(plan.schedule.durationMs, elapsedMs, signal);
      watching.phase?.('healing');
      await nemesis.heal();
      const healedMs = elapsedMs();
      watching.phase?.('clients retry unanswered requests');
      await workload.close(CLIENTS_PATIENCE_MS);
      watching.phase?.('waiting for quiescence and reconciliation');
      const settled = await this.#settle(
        runtime,
        history.inOrder,
        { beganAt, strikes: nemesis.strikes },
        () => elapsedMs() - healedMs,
      );
      const quietSinceMs = nowMs();
      watching.phase?.('reading every charge and balance from the API');
      await observer.scrape();
      observer.stop();
      const said = await readBack(settled.evidence, workload.merchants);
      const projection = await verifyProjection(runtime.operatorsUrl);
      // The final reads are checked too: if the system had settled, they must show the rows exactly.
      const exchanges = history.inOrder;
      const isSettled = settled.quietAfterMs !== undefined && settled.soundAfterMs !== undefined;
      const verdict = check({ ...settled.evidence, exchanges, ...(isSettled && { quietSinceMs }) });
      watching.phase?.('counting the hard states reached');
      const [journal, operations, holds, logs, copies] = await Promise.all([
        readJournals(runtime.urls.banksAdmin),
        readOperations(databases),
        readHoldEndings(databases),
        readLogs(linesIn(runtime.logsDir)),
        readCopies(runtime.kafkaAs('reader')),
      ]);
      const broken = verdict.violations.flatMap(({ lines }) => lines);
      const chargeStories = await readStories(runtime.urls, chargesToTell(broken, operations));
      return {
        beganAt,
        durationMs: plan.schedule.durationMs,
        traffic: plan.traffic,
        exchanges,
        unreadable: history.unreadable,
        strikes: nemesis.strikes,
        healedMs,
        endedMs: elapsedMs(),
        ...settled,
        verdict,
        readBack: said,
        projection,
        jobRuns: jobRunsIn(observer.counters),
        journal,
        operations,
        holds,
        logs,
        copies,
        chargeStories,
        duplicatesDropped: observer.counters.total('step_outcomes_total{outcome="duplicate"}'),
        leasesPassed: this.#leasesPassed,
      };
    } finally {
      observer.stop();
      await workload.end();
      await databases.close();
      await history.close();
      nemesisLog.end();
    }
  }

  #settle(
    runtime: Runtime,
    exchanges: RunFacts['exchanges'],
    struck: Pick<RunFacts, 'beganAt' | 'strikes'>,
    elapsedMs: () => number,
  ): Promise<SettledRun> {
    const where = { databaseUrl: runtime.operatorsUrl, banksAdminUrl: runtime.urls.banksAdmin };
    const answers = toldOf(exchanges);
    const system = {
      unsettled: () => unsettled(where),
      evidence: async () => {
        const evidence = await gatherEvidence(where, answers, exchanges);
        return { ...evidence, faults: strikesInEffect({ ...struck, evidence }), admits: admittedBy(this.plan.env) };
      },
      check,
      elapsedMs,
      wait: (ms: number) => sleep(ms),
    };
    return settle(system, this.signal);
  }

  /** Counts leases that the frozen instance held and another instance holds now. */
  async #countLeasesPassed(struck: RunningStrike, observer: Observer): Promise<void> {
    if (struck.fault.kind !== 'freeze') return;
    const frozen: readonly string[] = struck.fault.processes;
    const [before, now] = [await this.#held.get(struck.number), await observer.holders()];
    const passed = [...(before ?? [])].filter(
      ([name, holder]) => frozen.includes(holder) && now.has(name) && now.get(name) !== holder,
    );
    this.#leasesPassed.set(struck.number, passed.length);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

async function until(ms: number, elapsedMs: () => number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms - elapsedMs()), undefined, { signal });
}

/** The smallest limits of admission that a plan sets. */
function admittedBy(env: RunPlan['env'] = {}): Evidence['admits'] {
  const unsettled = ['ADMIT_UNSETTLED', 'ADMIT_UNSETTLED_PER_NETWORK'].flatMap((name) => env[name] ?? []);
  if (env['ADMIT_UNCOMMITTED'] === undefined || unsettled.length === 0) return undefined;
  return { uncommitted: Number(env['ADMIT_UNCOMMITTED']), unsettled: Math.min(...unsettled.map(Number)) };
}

/** Runs `holdfast verify`. @returns its output lines if it fails, else none */
async function verifyProjection(databaseUrl: string): Promise<string[]> {
  try {
    await promisify(execFile)(process.execPath, ['dist/apps/payments-api/src/charges/store/verify-projection.js'], {
      cwd: repositoryRoot,
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: databaseUrl },
    });
    return [];
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    return [stdout.trim().slice(0, 2_000) || String(error)];
  }
}
