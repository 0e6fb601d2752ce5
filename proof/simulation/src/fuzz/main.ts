import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SystemClock } from '#clock';
import { freePorts } from '../../../../infra/local/free-ports.js';
import { startPostgres } from '../../../../infra/local/postgres.js';
import { formatScript } from '../../../memory-postgres/src/testing/differential/script.js';
import { definitions } from '../campaign/one-run.js';
import { Fuzz } from './fuzz.js';

const usage = `npm run fuzz -- [--seconds 60] [--seed S] [--go-on]
npm run fuzz -- --script SEED

Gives statements of the services, in random interleavings of up to three sessions, to the Postgres in memory and to a
Postgres of its own, and compares what each is answered and who waits for whom. The exit code is the verdict. The first
difference ends it; it is told with its seed and with the fewest statements that show it. Ctrl-C ends it, and tells of
what there was.

  --seconds N    for so long. Default 60
  --seed S       of the first script; the next are S+1, S+2, … Default: a new one, printed first
  --script SEED  that script alone
  --go-on        ends only when the time is up, with all that was found by then`;

const clock = new SystemClock();
const PROGRESS_EVERY_MS = 10_000;

try {
  process.exitCode = await perform();
} catch (error) {
  console.error(error instanceof Error ? error.stack : String(error));
  process.exitCode = 2;
}

async function perform(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string' },
      script: { type: 'string' },
      'go-on': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const numbers = [values.seconds, values.seed, values.script].map((text) => (text === undefined ? 0 : Number(text)));
  if (values.help || numbers.some((number) => !Number.isSafeInteger(number) || number < 0)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
  const [port] = await freePorts(1);
  const server = await startPostgres({ dataDir: folder, port: port!, logFile: join(folder, 'postgres.log') });
  try {
    process.env['TEST_DATABASE_URL'] = server.url;
    const fuzz = await Fuzz.open(await definitions());
    const code = await many(fuzz, values);
    await fuzz.close();
    return code;
  } finally {
    await server.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function many(
  fuzz: Fuzz,
  { seconds, seed, script, 'go-on': goOn }: { seconds: string; seed?: string; script?: string; 'go-on': boolean },
): Promise<number> {
  const first = Number(script ?? seed ?? Math.floor(clock.random() * 2 ** 31));
  console.log(script === undefined ? `${seconds} s from seed ${first}` : `the script of seed ${first}`);
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (interrupted = true));
  const startedMs = clock.monotonicMs();
  let toldMs = startedMs;
  let code = 0;
  for (let next = first; ; next++) {
    const difference = await fuzz.run(next);
    if (difference) {
      const { service, what, steps } = difference;
      console.log(`\nseed ${next}: the databases of ${service} differ.\n\n${formatScript(steps)}\n\n${what}\n`);
      code = 1;
      if (!goOn) break;
    }
    const nowMs = clock.monotonicMs();
    if (nowMs - toldMs > PROGRESS_EVERY_MS) {
      console.log(
        `${Math.round((nowMs - startedMs) / 1_000)} s: ${fuzz.scripts} scripts, ${fuzz.steps} statements alike`,
      );
      toldMs = nowMs;
    }
    if (script !== undefined || interrupted || nowMs - startedMs > Number(seconds) * 1_000) break;
  }
  const counts = [...fuzz.counts.values()];
  const sum = (which: 'answered' | 'refused' | 'waited'): number =>
    counts.reduce((total, each) => total + each[which], 0);
  console.log(
    `${fuzz.scripts} scripts: ${sum('answered')} statements answered, ${sum('refused')} refused, ${sum('waited')} made to wait; ` +
      `${fuzz.undecided} scripts left where both were right`,
  );
  const never = fuzz.neverAnswered();
  if (never.length > 0) console.log(`never answered: ${never.join(', ')}`);
  return code === 0 && interrupted ? 130 : code;
}
