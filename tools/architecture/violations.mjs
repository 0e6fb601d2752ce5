import { execFile } from 'node:child_process';
import { access, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { folderCycles } from './folder-cycles.mjs';
import { violationsIn } from './source-rules.mjs';
import { sharedTypeNames } from './type-names.mjs';

const rules = fileURLToPath(new URL('dependency-rules.mjs', import.meta.url));
const depcruise = fileURLToPath(new URL('../../node_modules/.bin/depcruise', import.meta.url));

/**
 * @param {string} base a folder laid out like the repository
 * @returns {Promise<{ rule: string, path: string, what: string }[]>}
 */
export async function allViolations(base) {
  return [...(await importViolations(base)), ...(await sourceViolations(base))];
}

async function importViolations(base) {
  const folders = [];
  for (const folder of ['apps', 'libs', 'cli', 'proof', 'tools', 'infra'])
    if (await exists(join(base, folder))) folders.push(folder);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [depcruise, '--config', rules, '--output-type', 'json', ...folders],
    { cwd: base, maxBuffer: 256 * 1024 * 1024 },
  );
  const { modules, summary } = JSON.parse(stdout);
  const forbidden = summary.violations.map(({ rule, from, to }) => ({
    rule: rule.name,
    path: from,
    what: `imports ${to}`,
  }));
  return [...forbidden, ...folderCycles(modules)];
}

async function sourceViolations(base) {
  const found = [];
  const sources = new Map();
  for (const folder of ['apps', 'libs', 'cli', 'proof', 'tools', 'infra', 'test']) {
    const names = await readdir(join(base, folder), { recursive: true }).catch(() => []);
    for (const path of names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name))) {
      if (path.includes('/fixtures/')) continue;
      const text = await readFile(join(base, path), 'utf8');
      sources.set(path, text);
      found.push(...violationsIn(path, text));
    }
  }
  return [...found, ...sharedTypeNames(sources)];
}

function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
