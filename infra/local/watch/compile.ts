import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

/** Is it a source of what runs? Tests and fixtures are compiled by those who run them. */
export function isSource(path: string): boolean {
  return /\.[jt]s$/.test(path) && !/\.d\.ts$|\.spec\.ts$|(^|\/)fixtures\//.test(path);
}

/**
 * Compiles one file as `npm run build` does, or removes what it was compiled to when it is gone.
 *
 * @returns whether the compiled file is another one now: types and blank lines leave nothing in it
 * @throws Error with the place in the source, when it cannot be compiled; the compiled file stays as it was
 */
export async function compile(root: string, path: string): Promise<boolean> {
  const target = join(root, 'dist', path.replace(/\.ts$/, '.js'));
  const before = await readFile(target, 'utf8').catch(() => undefined);
  const source = await readFile(join(root, path), 'utf8').catch(() => undefined);
  if (source === undefined) {
    await Promise.all([rm(target, { force: true }), rm(`${target}.map`, { force: true })]);
    return before !== undefined;
  }
  // Loaded on the first change: a supervisor that watches nothing has no use for a compiler.
  const { transform } = await import('@swc/core');
  const { code, map } = await transform(source, {
    cwd: root,
    filename: join(root, path),
    sourceFileName: relative(dirname(target), join(root, path)),
  });
  const compiled = `${code}\n//# sourceMappingURL=${basename(target)}.map`;
  if (compiled === before) return false;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(`${target}.map`, map!);
  await writeFile(target, compiled);
  return true;
}
