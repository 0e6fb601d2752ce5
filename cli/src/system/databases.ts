import { askControl } from '../../../infra/local/control-client.js';
import { findSystem } from './find-system.js';

/**
 * The variables by which a command reaches the services' databases: the environment's own where DATABASE_URL is set
 * there, else those of the system that runs here.
 *
 * @returns `in container` when only a container can reach them
 * @throws CommandError when no system is found
 */
export async function findDatabases(): Promise<Readonly<Record<string, string>> | 'in container'> {
  const { DATABASE_URL } = process.env;
  if (DATABASE_URL) return { DATABASE_URL };
  const system = await findSystem('For a system elsewhere, set DATABASE_URL.');
  return system.kind === 'compose' ? 'in container' : askControl<Record<string, string>>('GET', '/environment');
}
