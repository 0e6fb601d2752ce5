import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink, mkdir, writeFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { eventually } from '#testing';
import { freePorts } from '../../infra/local/free-ports.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { docker } from '../docker-images.js';

/** Made by commands; no clone has them. */
const madeHere = ['node_modules', 'dist', '.git', '.holdfast', 'reports'];
const STARTS_WITHIN_MS = 900_000;

export interface Answer {
  readonly code: number;
  /** What the command prints, and behind it what it complains of. */
  readonly text: string;
}

/** A clone in which nothing is installed or compiled, and its system under docker compose. */
export class ClonedSystem {
  private up: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly folder: string,
    /** Where each default port is published. */
    private readonly moved: ReadonlyMap<number, number>,
  ) {}

  static async make(): Promise<ClonedSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-compose-'));
    await cp(repositoryRoot, folder, {
      recursive: true,
      filter: (path) => path === repositoryRoot || !madeHere.includes(basename(path)),
    });
    const ports = await freePorts(6);
    const moved = new Map([3000, 3001, 3002, 3003, 3004, 3010].map((port, index) => [port, ports[index]!]));
    // The ports of an `npm start` beside this test, and the image of a `docker compose up`, stay as they are.
    const settings = [
      // A busy machine is no failure.
      'ANSWER_WITHIN_MS=30000',
      `HOLDFAST_IMAGE=${imageOf(folder)}`,
      `HOLDFAST_PORT_API=${moved.get(3000)}`,
      `HOLDFAST_PORT_API_ADMIN=${moved.get(3001)}`,
      `HOLDFAST_PORT_GATEWAY_ADMIN=${moved.get(3002)}`,
      `HOLDFAST_PORT_LEDGER_ADMIN=${moved.get(3003)}`,
      `HOLDFAST_PORT_CONSOLE=${moved.get(3004)}`,
      `HOLDFAST_PORT_BANKS_ADMIN=${moved.get(3010)}`,
    ];
    await writeFile(join(folder, '.env'), `${settings.join('\n')}\n`);
    return new ClonedSystem(folder, moved);
  }

  /** Runs the printed command that starts everything, in the foreground, until the API answers. */
  async start(command: string): Promise<void> {
    const up = spawn('bash', ['-c', `exec ${command}`], { cwd: this.folder, env: environment() });
    this.up = up;
    for (const stream of [up.stdout, up.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output = (this.output + text).slice(-20_000)));
    await eventually(
      'the API answers',
      async () => {
        if (up.exitCode !== null) return true;
        return (await fetch(this.url(3001, '/health/ready'))).ok;
      },
      { timeoutMs: STARTS_WITHIN_MS, everyMs: 500 },
    );
    if (up.exitCode !== null) throw new Error(`${command} has ended: ${this.output}`);
  }

  /** Runs a command of a page in the clone. Its ports are those of this system. */
  async run(command: string): Promise<Answer> {
    const shell = spawn('bash', ['-c', this.withPorts(command)], {
      cwd: this.folder,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [[code], text, complaints] = await Promise.all([
      once(shell, 'close') as Promise<[number]>,
      textOf(shell.stdout),
      textOf(shell.stderr),
    ]);
    return { code, text: text + complaints };
  }

  /** Runs a script of a page, with the packages that it imports. */
  async script(name: string, text: string): Promise<Answer> {
    await mkdir(join(this.folder, 'node_modules'), { recursive: true });
    await symlink(join(repositoryRoot, 'node_modules', 'stripe'), join(this.folder, 'node_modules', 'stripe')).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
    await writeFile(join(this.folder, name), this.withPorts(text));
    return this.run(`node ${name}`);
  }

  url(port: number, path: string): string {
    return `http://127.0.0.1:${this.moved.get(port)}${path}`;
  }

  /** Ctrl-C, then nothing of it is left. */
  async remove(): Promise<void> {
    if (this.up?.exitCode === null) {
      this.up.kill('SIGINT');
      await once(this.up, 'exit');
    }
    await docker(['compose', 'down', '--volumes', '--remove-orphans'], { cwd: this.folder });
    await docker(['image', 'rm', imageOf(this.folder)]).catch(() => undefined); // the start may have failed before it
    await rm(this.folder, { recursive: true, force: true });
  }

  private withPorts(text: string): string {
    return text.replace(/(?<=localhost:|port: )\d+/g, (port) => String(this.moved.get(Number(port)) ?? port));
  }
}

const imageOf = (folder: string): string => `${basename(folder).toLowerCase()}:test`;

/** A user's shell: nothing of the npm that runs this test. */
function environment(): NodeJS.ProcessEnv {
  const names = [
    'PATH',
    'HOME',
    'USER',
    'LANG',
    ...Object.keys(process.env).filter((name) => name.startsWith('DOCKER_')),
  ];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
