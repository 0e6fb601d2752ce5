import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { check, describe, gatherEvidence, unsettled, type ToldAnswer } from '#checker';
import { startRuntime, type Runtime } from '../../../infra/local/runtime.js';
import { figuresOf } from './figures.js';
import { fillHistory, lastOfHistory } from './history.js';
import { load, mixes, type LoadMix } from './load.js';
import { overload, type OverloadResult } from './overload.js';
import { PEER, startPeer } from './peer.js';
import { profiledEnv, summarise } from './profile.js';
import type { LoadRun, PeerRound } from './report.js';
import { soak } from './soak.js';
import { countAnew, countStatements, dearestStatements } from './statements.js';
import { tpcb } from './tpcb.js';
import { divided, measureWork, systemCpuMicros, total } from './work.js';

const USAGE = `npm run bench [-- --seconds 15 --concurrency 16,64,256 --mixes manual-capture,refund --instances 1 --history 0 --idle-charges 200 --idle-seconds 10 --tpcb-seconds 8 --overload 2.4,10 --soak-minutes 30 --peer --out reports/bench.json --profile]

Measures the default configuration of npm start on a fresh data folder and free ports: everything durable, HTTP banks
with synced journals. --overload then sends so many times the best rate of this run, without waiting for answers.
--soak-minutes sends half the highest rate for so long. --peer runs ${PEER.name} in rounds between the others.
--history fills the tables with so many settled charges first. --profile tells where the services and Postgres spend their time, and costs some. Afterwards the banks' journals, the ledger and the charges are compared; a difference fails.`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    'warm-up': { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '16,64,256' },
    mixes: { type: 'string', default: 'manual-capture,refund' },
    instances: { type: 'string', default: '1' },
    history: { type: 'string', default: '0' },
    'idle-charges': { type: 'string', default: '200' },
    'idle-seconds': { type: 'string', default: '10' },
    overload: { type: 'string', default: '' },
    'soak-minutes': { type: 'string', default: '0' },
    peer: { type: 'boolean', default: false },
    'tpcb-seconds': { type: 'string', default: '8' },
    out: { type: 'string', default: 'reports/bench.json' },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const chosenMixes = values.mixes.split(',').filter((name): name is LoadMix => mixes.includes(name as LoadMix));
const instances = Number(values.instances);

const QUIET_WITHIN_MS = 60_000;
/** Until published rows are deleted, offsets are committed and idle timers have run out. */
const SETTLE_SECONDS = 5;
const SOAK_KEEPS_ONE_IN = 20;
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort(new Error('interrupted')));
process.once('SIGTERM', () => interrupt.abort(new Error('interrupted')));

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

async function bench(runtime: Runtime): Promise<boolean> {
  const where = {
    databaseUrl: runtime.databaseUrl,
    banksAdminUrl: runtime.urls.banksAdmin,
    ...(Number(values.history) > 0 && { above: lastOfHistory }),
  };
  const history: ToldAnswer[] = [];
  const tpcbSeconds = Number(values['tpcb-seconds']);
  const measureMs = Number(values.seconds) * 1_000;
  const warmUpMs = Number(values['warm-up']) * 1_000;

  if (values.profile) await countStatements(runtime.databaseUrl, () => runtime.control.restart('postgres'));
  const yardstick = tpcbSeconds > 0 ? await tpcb(runtime.databaseUrl) : undefined;
  if (yardstick) {
    console.log(`TPC-B by ${yardstick.by}: preparing scale 50 …`);
    await yardstick.prepare();
  }
  const before = await yardstick?.read(tpcbSeconds);
  if (before) console.log(`TPC-B before: ${round(before.tps)} /s at ${before.clients} clients`);

  console.log('Warming up …');
  history.push(
    ...(await load({ apiUrls: runtime.urls.apis, concurrency: 32, warmUpMs: 0, measureMs: warmUpMs })).history,
  );
  const settledLongAgo = Number(values.history);
  if (settledLongAgo > 0) {
    const templates = templatesFrom(history);
    await fillHistory(runtime.databaseUrl, templates, settledLongAgo, (done) => {
      if (done % 100_000 === 0 || done === settledLongAgo)
        console.log(`${done} of ${settledLongAgo} charges of history`);
    });
  }

  const results: LoadRun[] = [];
  const peerRounds: PeerRound[] = [];
  const peer = values.peer ? await startPeer() : undefined;
  const concurrencies = values.concurrency.split(',').map(Number);
  const runs: { mix: LoadMix; concurrency: number }[] = [
    ...concurrencies.map((concurrency) => ({ mix: 'charge' as const, concurrency })),
    // Other mixes only at the highest concurrency, to compare them with the charges of the same run.
    ...chosenMixes.map((mix) => ({ mix, concurrency: concurrencies.at(-1)! })),
  ];
  for (const { mix, concurrency } of runs) {
    interrupt.signal.throwIfAborted();
    if (values.profile) await countAnew(runtime.databaseUrl);
    const measured = await measureWork(runtime, () =>
      load({ apiUrls: runtime.urls.apis, mix, concurrency, warmUpMs, measureMs }),
    );
    const { history: told, ...result } = measured.result;
    history.push(...told);
    const charges = told.filter(({ asked }) => asked === 'charge').length;
    const perCharge = divided(measured.work, charges);
    results.push({ ...result, perCharge, othersBusyShare: round(measured.othersBusyShare, 3) });
    const others = Object.entries(result.others).map(([status, count]) => `, ${count} ${status}`);
    console.log(
      `${mix}, ${concurrency} concurrent: ${round(result.completedPerSecond)} charges/s, p50 ${round(result.p50Ms)} ms, p99 ${round(result.p99Ms)} ms${others.join('')}; ${perCharge.commits} commits and ${round(perCharge.walBytes / 1024)} KB of WAL per charge`,
    );
    if (values.profile)
      console.log(
        `Time in Postgres per charge, ${mix} at ${concurrency} concurrent:\n${await dearestStatements(runtime.databaseUrl, charges)}`,
      );
    if (peer && mix === 'charge') {
      const { completedPerSecond, p50Ms } = await load({
        apiUrls: [peer.url],
        cards: PEER.cards,
        concurrency,
        warmUpMs,
        measureMs,
      });
      peerRounds.push({ concurrency, completedPerSecond: round(completedPerSecond), p50Ms: round(p50Ms) });
      console.log(
        `${PEER.name}, ${concurrency} concurrent: ${round(completedPerSecond)} charges/s, p50 ${round(p50Ms)} ms`,
      );
    }
  }
  peer?.stop();

  // After the loads, so that every process is warm.
  const lone = await measureWork(runtime, () =>
    load({
      apiUrls: runtime.urls.apis,
      concurrency: 1,
      warmUpMs: 1_000,
      measureMs: 120_000,
      charges: Number(values['idle-charges']),
    }),
  );
  history.push(...lone.result.history);
  const perLoneCharge = divided(lone.work, lone.result.history.length);
  console.log(
    `one after another: p50 ${round(lone.result.p50Ms)} ms, p99 ${round(lone.result.p99Ms)} ms, ${round(total(perLoneCharge.switches))} context switches`,
  );

  const idleSeconds = Number(values['idle-seconds']);
  await sleep(Math.min(idleSeconds, SETTLE_SECONDS) * 1_000);
  const idle = await measureWork(runtime, () => sleep(idleSeconds * 1_000));
  const perIdleSecond = idleSeconds > 0 ? divided(idle.work, idle.seconds) : undefined;

  const after = await yardstick?.read(tpcbSeconds);
  if (after) console.log(`TPC-B after: ${round(after.tps)} /s at ${after.clients} clients`);

  const top = results.findLast(({ mix }) => mix === 'charge')!;
  const overloads: OverloadResult[] = [];
  const peakPerSecond = Math.max(
    0,
    ...results.filter(({ mix }) => mix === 'charge').map(({ completedPerSecond }) => completedPerSecond),
  );
  for (const times of values.overload.split(',').filter(Boolean).map(Number)) {
    interrupt.signal.throwIfAborted();
    const result = await overload(runtime.urls.apis, { peakPerSecond, times, forMs: measureMs });
    overloads.push(result);
    history.push(...result.history);
    const others = Object.entries(result.others).map(([status, count]) => `, ${count} ${status}`);
    console.log(
      `${times} times ${round(peakPerSecond)}/s: ${round(result.settledPerSecond)} settled a second (${round(result.settledPerSecond / peakPerSecond, 2)} of the peak), p50 ${round(result.p50Ms)} ms, p99 ${round(result.p99Ms)} ms${others.join('')}; last refusal ${round(result.recoveredAfterMs)} ms after the overload`,
    );
  }
  const soakMinutes = Number(values['soak-minutes']);
  let soaked = 0;
  const samples = await soak(runtime, {
    perSecond: peakPerSecond / 2,
    minutes: soakMinutes,
    // Half an hour of answers would not fit into memory.
    onAnswer: (told) => void (soaked++ % SOAK_KEEPS_ONE_IN === 0 && history.push(told)),
    signal: interrupt.signal,
  });
  if (samples.length > 0) console.table(samples.map(({ megabytes, ...sample }) => ({ ...sample, ...megabytes })));

  console.log('Comparing charges, ledger and journals …');
  for (
    const untilMs = performance.now() + QUIET_WITHIN_MS;
    performance.now() < untilMs && (await unsettled(where)) > 0;
  )
    await sleep(200);
  const verdict = check(await gatherEvidence(where, history));
  console.log(describe(verdict));

  const tpcbPerSecond = before && after ? (before.tps + after.tps) / 2 : undefined;
  const report = {
    completedPerSecond: round(top.completedPerSecond),
    tpcbPerSecond: tpcbPerSecond === undefined ? null : round(tpcbPerSecond),
    ratio: tpcbPerSecond === undefined ? null : round(top.completedPerSecond / tpcbPerSecond, 3),
    p50Ms: round(top.p50Ms),
    p99Ms: round(top.p99Ms),
    concurrency: top.concurrency,
    cpuMicrosPerCharge: round(systemCpuMicros(top.perCharge)),
    yardstick: { by: yardstick?.by ?? 'none', before: before ?? null, after: after ?? null },
    runs: results,
    lone: {
      p50Ms: round(lone.result.p50Ms),
      p99Ms: round(lone.result.p99Ms),
      perCharge: perLoneCharge,
      othersBusyShare: round(lone.othersBusyShare, 3),
    },
    idlePerSecond: perIdleSecond ?? null,
    peer: peerRounds,
    overloads: overloads.map((run) => ({ ...run, history: run.history.length })),
    soak: samples,
    instances,
    booksAgree: verdict.holds,
    chargesCompared: verdict.charges,
    measuredAt: new Date().toISOString(),
  };
  const out = resolve(values.out);
  await mkdir(join(out, '..'), { recursive: true });
  await writeFile(out, `${JSON.stringify(report, null, 2)}\n`);
  console.table(figuresOf(report));
  console.log(`written to ${values.out}`);
  return verdict.holds;
}

/** One settled charge of each merchant. */
function templatesFrom(history: readonly ToldAnswer[]): string[] {
  const settled = history.filter(({ kind, body }) => kind === 'ok' && body?.includes('"status": "succeeded"'));
  return [...Map.groupBy(settled, ({ account }) => account).values()].map(([first]) => first!.chargeId!);
}

const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
// Under root, Postgres runs as another user, which must be able to enter the folder.
await chmod(dataDir, 0o755);
console.log(`Starting a system of its own in ${dataDir} …`);
try {
  const runtime = await startRuntime({
    dataDir,
    ports: 'free',
    instances: { 'payments-api': instances, 'bank-gateway': instances, ledger: instances },
    ...(values.profile && { env: profiledEnv(dataDir) }),
    signal: interrupt.signal,
    progress: { stage: (title) => () => console.log(`  ${title}`), say: (line) => console.log(line) },
  });
  try {
    process.exitCode = (await bench(runtime)) ? 0 : 1;
  } finally {
    await runtime.stop();
  }
  if (values.profile) console.log(await summarise(dataDir));
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
