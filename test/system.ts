import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlServer } from '../infra/local/control-server.js';
import type { Urls } from '../infra/local/instances.js';
import type { ProcessSnapshot } from '../infra/local/managed-process.js';
import { startRuntime, type Control } from '../infra/local/runtime.js';

/** What a system test needs to know of the system that was started for it. */
export interface SystemUnderTest {
  urls: Urls;
  databaseUrl: string;
  kafkaBrokers: string;
  logsDir: string;
  /** Kill, freeze, thaw, restart, stop and start by process name. */
  control: Control;
}

interface Address extends Omit<SystemUnderTest, 'control'> {
  controlUrl: string;
  controlToken: string;
}

/** Starts all of it. @returns what stops it and, unless HOLDFAST_KEEP_TEST_DATA is set, removes its data */
export async function startSystem(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-system-'));
  await chmod(folder, 0o711); // as root, Postgres runs as another user, who must pass through
  const runtime = await startRuntime({ dataDir: folder, ports: 'free' });
  const control = await startControlServer(runtime, 0);
  process.env.TEST_SYSTEM = JSON.stringify({
    urls: runtime.urls,
    databaseUrl: runtime.databaseUrl,
    kafkaBrokers: runtime.kafkaBrokers,
    logsDir: runtime.logsDir,
    controlUrl: control.url,
    controlToken: await readFile(join(runtime.runDir, 'control-token'), 'utf8'),
  } satisfies Address);
  return async () => {
    await control.close();
    await runtime.stop();
    if (process.env.HOLDFAST_KEEP_TEST_DATA) process.stdout.write(`Kept ${folder}\n`);
    else await rm(folder, { recursive: true });
  };
}

/** The system that the global set-up started, from inside a test. */
export function systemUnderTest(): SystemUnderTest {
  const text = process.env.TEST_SYSTEM;
  assert(text, 'no system was started: run this as a system test (npm run system)');
  const { controlUrl, controlToken, ...address } = JSON.parse(text) as Address;
  const command =
    (verb: string) =>
    async (name: string, options: { restart?: boolean } = {}): Promise<ProcessSnapshot> => {
      const query = options.restart ? '?restart=true' : '';
      const response = await fetch(`${controlUrl}/processes/${name}/${verb}${query}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${controlToken}` },
      });
      assert(response.ok, `${verb} ${name}: ${response.status} ${await response.clone().text()}`);
      return (await response.json()) as ProcessSnapshot;
    };
  return {
    ...address,
    control: {
      kill: command('kill'),
      freeze: command('freeze'),
      thaw: command('thaw'),
      restart: command('restart'),
      stop: command('stop'),
      start: command('start'),
    },
  };
}
