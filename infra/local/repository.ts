import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's folder: the nearest one above this file with a package.json, whether this runs from dist/ or from source, in a clone or in an image. */
export const repositoryRoot = ((): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('no package.json above infra/local');
  }
})();

/** What can be fetched or made again: Kafka's jars, compiled code. */
export const cacheFolder = process.env.HOLDFAST_CACHE_DIR || join(repositoryRoot, '.holdfast', 'cache');
