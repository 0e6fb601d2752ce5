import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';
import type { Sabotage } from './sabotage.js';
import { scratchFolder, sourcesOf } from './scratch.js';

/**
 * Compiles all planted bugs in one program. Each bug has a folder with its changed files; `rootDirs` resolves their
 * imports to that folder first, then to the repository.
 *
 * @returns the compiler's error lines by bug; empty if all compile
 */
export async function typeErrorsOf(sabotages: readonly Sabotage[]): Promise<Map<string, string[]>> {
  const folder = join(scratchFolder, `types-${process.pid}`);
  try {
    for (const sabotage of sabotages) await writeChangedFiles(sabotage, join(folder, sabotage.name));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(projectOf(folder, sabotages)));
    return errorsIn(await outputOfCompiler(folder), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeChangedFiles(sabotage: Sabotage, folder: string): Promise<void> {
  for (const [file, source] of await sourcesOf(sabotage)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), source);
    await writeFile(join(folder, `${file.replace(/\.ts$/, '')}.names.ts`), sameNames(file));
  }
}

/** A file that fails to compile unless the changed file still has every export of the original, which others import. */
function sameNames(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.ts$/, '.js');
  const original = join(repositoryRoot, file).replace(/\.ts$/, '.js');
  return [
    `import * as planted from './${name}';`,
    `import type * as original from '${original}';`,
    `planted satisfies Record<keyof typeof original, unknown>;`,
    '',
  ].join('\n');
}

function projectOf(folder: string, sabotages: readonly Sabotage[]): object {
  return {
    extends: join(repositoryRoot, 'tsconfig.json'),
    compilerOptions: {
      rootDir: repositoryRoot,
      rootDirs: [repositoryRoot, ...sabotages.map(({ name }) => join(folder, name))],
      // A removed check leaves an unused import behind.
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: sabotages.map(({ name }) => join(folder, name)),
    exclude: [],
  };
}

function outputOfCompiler(folder: string): Promise<string> {
  const compiler = join(repositoryRoot, 'node_modules', '.bin', 'tsc');
  const args = ['--noEmit', '--pretty', 'false', '--project', folder];
  return new Promise((resolve, reject) => {
    execFile(compiler, args, { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error && stdout === '') reject(new Error(`tsc ended without output: ${stderr || error.message}`));
      else resolve(stdout);
    });
  });
}

function errorsIn(output: string, folder: string): Map<string, string[]> {
  const errors = new Map<string, string[]>();
  for (const line of output.split('\n').filter((each) => each.includes('error TS'))) {
    const inFolder = line.startsWith('/') ? line.replace(`${folder}/`, '') : line;
    const [name = '', ...rest] = inFolder.split('/');
    errors.set(name, [...(errors.get(name) ?? []), rest.join('/')]);
  }
  return errors;
}
