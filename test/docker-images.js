// Plain JavaScript, because infra/local/test.mjs asks too.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const docker = (args, options = {}) => promisify(execFile)('docker', args, options);

export async function requireImages(images) {
  await docker(['info'], { timeout: 10_000 });
  for (const image of images)
    await docker(['image', 'inspect', image]).catch(() => docker(['pull', '--quiet', image], { timeout: 600_000 }));
}

export const sentenceOf = (error) => String(error?.stderr?.trim() || error?.message || error).split('\n', 1)[0];
