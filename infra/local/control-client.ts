import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from './supervisor-settings.js';

/** A message for the user: the system does not run, or the supervisor refused. */
export class ControlRefused extends Error {
  override name = 'ControlRefused';
}

const ANSWER_WITHIN_MS = 5_000;
/** Longer than the slowest start of a process. */
const COMMAND_WITHIN_MS = 240_000;

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
  const ask = async (verb: string, where: string, limitMs: number): Promise<{ ok: boolean; body: unknown }> => {
    const headers = { authorization: `Bearer ${token}` };
    try {
      const response = await fetch(`${url}${where}`, { method: verb, headers, signal: AbortSignal.timeout(limitMs) });
      return { ok: response.ok, body: await response.json() };
    } catch (error) {
      const silent = (error as Error).name === 'TimeoutError';
      throw new ControlRefused(
        silent
          ? `The supervisor at ${url} does not answer: is it frozen?`
          : `No supervisor answers at ${url}: start it with npm start.`,
      );
    }
  };
  // A command may take long, so a short request first shows whether the supervisor answers.
  if (method === 'POST') await ask('GET', '/urls', ANSWER_WITHIN_MS);
  const { ok, body } = await ask(method, path, method === 'GET' ? ANSWER_WITHIN_MS : COMMAND_WITHIN_MS);
  if (!ok) throw new ControlRefused((body as { error: string }).error);
  return body as Answer;
}
