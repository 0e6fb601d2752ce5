import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivate } from './private-file.js';

/** Role → password: random for each data folder, kept in it, for its owner alone to read. */
export async function ensurePostgresLogins(
  dataDir: string,
  roles: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const file = join(dataDir, 'postgres-logins.json');
  await mkdir(dataDir, { recursive: true });
  const kept = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<Record<string, string>>;
  const logins = Object.fromEntries(roles.map((role) => [role, kept[role] ?? randomBytes(18).toString('base64url')]));
  if (roles.some((role) => kept[role] === undefined)) await writePrivate(file, JSON.stringify(logins, null, 2));
  return logins;
}
