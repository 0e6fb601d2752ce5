// What must be done before anything of the repository can run, on a clean clone, with any Node >= 20.
// So this file imports nothing but Node.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A message for the user, without a stack. */
export class Unprepared extends Error {}

/**
 * Installs and builds what is missing or out of date.
 * @returns the environment and the Node (24, from node_modules) with which to run everything else
 */
export async function prepare({ say }) {
  requireNode20();
  const kafka = chooseKafka();
  if (!(await isInstalled())) {
    say('Installing packages');
    // Its warnings are about the Node that installs; everything runs with the one that is installed.
    await run('npm', ['ci', '--include=dev', '--loglevel=error']);
  }
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  const env = {
    ...process.env,
    ...(kafka ? { HOLDFAST_KAFKA: kafka } : {}),
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
  };
  const sources = await fingerprintOfSources();
  const stamp = join(root, 'dist', '.sources');
  if ((await readFile(stamp, 'utf8').catch(() => '')) !== sources) {
    say('Building');
    await run('npm', ['run', '--silent', 'build'], { env });
    await writeFile(stamp, sources);
  }
  return { env, node };
}

/** Somebody wants all of it to end, not just what was running. */
export class Interrupted extends Error {
  /** @param code what ended came to */
  constructor(code) {
    super('interrupted');
    this.code = code;
  }
}

/**
 * Signals are passed on; the child decides when to end.
 * @returns the exit code
 * @throws Interrupted once the child has ended after a signal
 */
export async function runTillItEnds(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let interrupted = false;
  const passOn = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
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
  if (process.env.KAFKA_BROKERS || process.env.HOLDFAST_KAFKA) return undefined;
  const missing = [];
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const version = /version "(\d+)/.exec(output(java, ['-version']) ?? '')?.[1];
  if (version === undefined) missing.push('Java 17');
  else if (Number(version) < 17) missing.push(`Java 17 (this is ${version})`);
  if (output('mvn', ['--version']) === undefined) missing.push('Maven');
  if (missing.length === 0) return 'jvm';
  if (output('docker', ['info']) !== undefined) return 'container';
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

/** Every package of the lock is there in its version. Optional ones are for other platforms. */
async function isInstalled() {
  const lock = await packagesOf(join(root, 'package-lock.json'));
  const installed = await packagesOf(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(lock).every(
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  );
}

async function packagesOf(file) {
  return JSON.parse(await readFile(file, 'utf8').catch(() => '{"packages":{}}')).packages;
}

/** Changes when a source is added, changed or removed. */
async function fingerprintOfSources() {
  const hash = createHash('sha256');
  for (const folder of ['apps', 'libs', 'infra']) {
    const names = (await readdir(join(root, folder), { recursive: true })).filter((name) => name.endsWith('.ts'));
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
