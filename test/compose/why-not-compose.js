// Plain JavaScript, because infra/local/test.mjs asks too.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { docker, requireImages, sentenceOf } from '../docker-images.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function whyNotCompose(environment = process.env, docker = dockerRunsCompose) {
  const wanted = environment.HOLDFAST_TEST_CONTAINERS;
  if (wanted === '0') return 'HOLDFAST_TEST_CONTAINERS=0';
  try {
    await docker();
    return undefined;
  } catch (error) {
    const why = sentenceOf(error);
    if (wanted === '1')
      throw new Error(`HOLDFAST_TEST_CONTAINERS=1, but Docker cannot run compose: ${why}`, { cause: error });
    return why;
  }
}

/** Docker answers, and has or can pull the images that compose runs and those that it builds upon. */
async function dockerRunsCompose() {
  const { stdout } = await docker(['compose', 'config', '--images'], { cwd: root });
  const pulled = stdout.split('\n').filter((image) => image && !image.startsWith('holdfast'));
  const dockerfile = await readFile(new URL('../../infra/docker/Dockerfile', import.meta.url), 'utf8');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  await requireImages(new Set([...pulled, ...bases]));
}
