import type { z } from 'zod';

export class SettingsError extends Error {
  readonly code = 'settings';
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(`the environment is not usable: ${problems.join('; ')}`);
  }
}

/**
 * Validates the environment. An empty variable counts as not set.
 *
 * @throws SettingsError that names every problem at once
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
): z.infer<Schema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new SettingsError(
    read.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const isMissing = given[name] === undefined && issue.code !== 'custom';
      return isMissing ? `${name} is not set` : `${name}: ${issue.message}`;
    }),
  );
}
