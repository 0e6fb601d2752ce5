import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from './repository.js';

interface Locked {
  optionalDependencies?: Record<string, string>;
}

/** `npm install` omits packages of platforms that it cannot fetch, and `npm ci` then rejects the lock file everywhere. */
describe('the lock file', () => {
  it('names the packages of every platform, so that npm ci accepts it on each of them', () => {
    const { packages } = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, Locked>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !placesFor(path, name).some((place) => place in packages)),
    );
    expect(missing).toEqual([]);
  });
});

/** Folders in which Node looks for `name` from the package at `path`, nearest first. */
function placesFor(path: string, name: string): string[] {
  const place = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (path === '') return [place];
  return [place, ...placesFor(path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1)), name)];
}
