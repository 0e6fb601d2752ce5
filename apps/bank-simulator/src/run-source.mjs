// Runs a TypeScript file of this repository in a process of its own, for tests that kill and stop real processes.
// Usage: node run-source.mjs FILE
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = resolve(import.meta.dirname, '../../..');

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('#'))
      return next(pathToFileURL(`${root}/libs/${specifier.slice(1)}/src/index.ts`).href, context);
    const source = specifier.replace(/\.js$/, '.ts');
    const relative = specifier.startsWith('.') && existsSync(new URL(source, context.parentURL));
    return next(relative ? source : specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, swcrcRoots: root, root });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

await import(pathToFileURL(resolve(process.argv[2])).href);
