// Builds first, since system tests run compiled processes. Each spec file starts its own system in TEST_SYSTEMS_DIR.
// After an interruption this process ends them, because Jest does not pass signals on to a test's `process`.
import '../infra/local/load-typescript.mjs';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '../infra/local/prepare.mjs';

export default async function setUp() {
  await prepare({ say: (line) => process.stdout.write(`${line} …\n`) });
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-system-'));
  chmodSync(folder, 0o755); // under root, Postgres runs as another user, which must be able to enter
  process.env.TEST_SYSTEMS_DIR = folder;
  const { endWithThisProcess } = await import('./end-with-this-process.ts');
  endWithThisProcess(() => leftIn(folder));
  process.once('exit', () => {
    if (!process.env.HOLDFAST_KEEP_TEST_DATA) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
}

/** Processes that are left in the folder, by the runtimes' run files. */
function leftIn(folder) {
  return readdirSync(folder).flatMap((system) => {
    try {
      const { processes } = JSON.parse(readFileSync(join(folder, system, 'run', 'processes.json'), 'utf8'));
      return processes.map(({ identity }) => identity.pid);
    } catch {
      return []; // it was stopped in order
    }
  });
}
