import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { childEnvironment, postgresVariables } from '../../infra/local/child-environment.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { everyService, services } from '../../infra/local/services.js';
import type { ExitCode } from './command.js';

/**
 * Runs a compiled entry point of a service, as a process of its own.
 *
 * @param databases URLs of the services' databases; the operator's environment takes precedence
 * @param options.capture returns the output instead of printing it
 */
export async function runEntry(
  entry: string,
  words: readonly string[],
  databases: Readonly<Record<string, string>>,
  { capture = false } = {},
): Promise<{ code: ExitCode; output: string }> {
  const alsoMeant = [
    'KAFKA_BROKERS',
    ...everyService,
    ...services.flatMap(({ settings = [] }: { settings?: readonly string[] }) => settings),
    ...(process.env.DATABASE_URL ? ['DATABASE_URL', ...postgresVariables()] : []),
  ];
  const child = spawn(process.execPath, ['--no-warnings', entry, ...words], {
    stdio: ['inherit', capture ? 'pipe' : 'inherit', 'inherit'],
    cwd: repositoryRoot,
    env: { ...databases, ...childEnvironment('service', { alsoMeant }) },
  });
  const [[code], output] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    child.stdout ? text(child.stdout) : '',
  ]);
  return { code: code === 0 || code === 1 ? code : 2, output: output.trim() };
}
