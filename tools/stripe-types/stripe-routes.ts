import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';

const resources = join(repositoryRoot, 'node_modules', 'stripe', 'esm', 'resources');

/** By its path in the repository: what tells a route that is not offered from one that does not exist. */
export const stripeRoutesFile = 'apps/payments-api/src/protocol/stripe-routes.ts';

export const stripeRoutesText = (): string =>
  `/** Every route that the stripe package calls. Written by \`npm run docs\`. */\nexport const stripeRoutes: readonly string[] = [\n${stripeRoutes()
    .map((route) => `  '${route}',\n`)
    .join('')}];\n`;

/** Each route below `/v1` that the `stripe` package calls: `GET /v1/charges/:id`. */
export function stripeRoutes(): string[] {
  const sources = readdirSync(resources, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const calls = sources.flatMap((name) => [
    ...readFileSync(join(resources, name), 'utf8').matchAll(/_makeRequest\('([A-Z]+)', (['`])(\/v1\/[^'`]+)\2/g),
  ]);
  return [...new Set(calls.map(([, method, , path]) => `${method!} ${withIds(path!)}`))].toSorted();
}

const withIds = (path: string): string => path.replaceAll(/\$\{[^}]*\}/g, ':id');
