// System tests drive compiled processes: what is out of date is built first. Each spec file starts a system of its own,
// in the folder TEST_SYSTEMS_DIR; what is left of them when the run is interrupted is ended from out here, since a
// test's own `process` hears no signals.
import '../infra/local/load-typescript.mjs';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '../infra/local/prepare.mjs';

export default async function setUp() {
  await prepare({ say: (line) => process.stdout.write(`${line} …\n`) });
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-system-'));
  chmodSync(folder, 0o755); // as root, Postgres runs as another user, who must pass through
  process.env.TEST_SYSTEMS_DIR = folder;
  const { endWithThisProcess } = await import('./end-with-this-process.ts');
  endWithThisProcess(() => leftIn(folder));
  process.once('exit', () => {
    if (!process.env.HOLDFAST_KEEP_TEST_DATA) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
}

/** By the runtime's own list of what it has started. */
function leftIn(folder) {
  return readdirSync(folder).flatMap((system) => {
    try {
      const { processes } = JSON.parse(readFileSync(join(folder, system, 'run', 'processes.json'), 'utf8'));
      return processes.map(({ identity }) => identity.pid);
    } catch {
      return []; // it has ended in good order
    }
  });
}
