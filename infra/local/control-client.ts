import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from './supervisor-settings.js';

/** A message for the user: nothing runs, or the supervisor refused. */
export class ControlRefused extends Error {
  override name = 'ControlRefused';
}

/**
 * Asks the supervisor of this clone; see control-server.ts for what there is.
 *
 * @throws ControlRefused
 */
export async function askControl<Answer>(method: 'GET' | 'POST', path: string): Promise<Answer> {
  const runDir = join(dataFolder(process.env), 'run');
  const read = (file: string): Promise<string> =>
    readFile(join(runDir, file), 'utf8').catch(() => {
      throw new ControlRefused('It does not run: start it with npm start.');
    });
  const [url, token] = await Promise.all([read('control-url'), read('control-token')]);
  const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } }).catch(() => {
    throw new ControlRefused(`Nothing answers at ${url}: start it with npm start.`);
  });
  const body = (await response.json()) as Answer | { error: string };
  if (!response.ok) throw new ControlRefused((body as { error: string }).error);
  return body as Answer;
}
