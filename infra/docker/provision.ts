// The services' databases and logins as a program, for containers and for a Postgres of your own:
//   DATABASE_URL=postgres://administrator:…@host:5432/postgres LOGINS_DIR=folder [WHOLE_SERVER=true] \
//     node dist/infra/docker/provision.js
// <folder>/<service>/database-url is what a service is given as DATABASE_URL; <folder>/operators/database-url is for
// operators' commands. A password that stands there already is kept.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivate } from '../local/private-file.js';
import { loginOf, OPERATORS, provisionServices, servicesWithDatabase, urlAs } from '../postgres/provision-services.js';

const { DATABASE_URL: administratorUrl, LOGINS_DIR: folder, WHOLE_SERVER } = process.env;
assert(administratorUrl, 'DATABASE_URL is not set: the URL of an administrator who may create databases and roles');
assert(folder, 'LOGINS_DIR is not set: the folder in which the logins are written down');

const holders = [
  ...servicesWithDatabase.map((service) => ({ login: loginOf(service), folder: join(folder, service) })),
  { login: OPERATORS, folder: join(folder, 'operators') },
].map((each) => ({ ...each, file: join(each.folder, 'database-url') }));

const logins: Record<string, string> = {};
for (const { login, file } of holders) {
  const kept = await readFile(file, 'utf8').catch(() => '');
  logins[login] = kept ? new URL(kept).password : randomBytes(18).toString('base64url');
}
// The password is written before the login is created, so that none is lost.
for (const { login, folder: own, file } of holders) {
  await mkdir(own, { recursive: true, mode: 0o700 });
  await writePrivate(file, urlAs(login, administratorUrl, logins));
}
await provisionServices({
  administratorUrl,
  services: servicesWithDatabase,
  logins,
  wholeServer: WHOLE_SERVER === 'true',
});
console.log(`provisioned ${servicesWithDatabase.join(', ')}`);
