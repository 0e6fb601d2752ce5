// Lets plain Node import TypeScript without a build, for Jest's global set-up, which Jest does not transform. `./x.js`
// resolves to x.ts if that exists, `#name` to src/index.ts of the library in libs/ or proof/.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const root = new URL('../../', import.meta.url);
const options = JSON.parse(readFileSync(new URL('.swcrc', root), 'utf8'));
delete options.$schema;

const libraryOf = (name) =>
  ['libs', 'proof'].map((folder) => new URL(`${folder}/${name}/src/index.ts`, root)).find((file) => existsSync(file));

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('#')) return next(libraryOf(specifier.slice(1)).href, context);
    if (specifier.startsWith('.') && specifier.endsWith('.js')) {
      const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
      if (existsSync(source)) return next(source.href, context);
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      ...options,
      filename,
      sourceMaps: 'inline',
      swcrc: false,
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
