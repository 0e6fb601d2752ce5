import { existsSync } from 'node:fs';
import { join } from 'node:path';

const installed = join('test', 'python', '.venv', 'bin', 'python');

/**
 * The Python in which `test/python/install.sh` has installed the packages of `requirements.txt`.
 *
 * @returns undefined where it was not run; tests that need it are skipped by name
 */
export const python = existsSync(installed) ? installed : undefined;
