import { SystemClock } from '#clock';
import { provision, serviceLoginOf } from '#postgres';
import { serviceDatabases, type ServiceWithDatabase } from './service-databases.js';

/** The login of operators' commands, at every service's database. */
export const OPERATORS = 'holdfast_operators';

/** Role → password. */
export type DatabaseLogins = Readonly<Record<string, string>>;

export const servicesWithDatabase = Object.keys(serviceDatabases) as ServiceWithDatabase[];

/** The role as which a service logs in. */
export const loginOf = (service: ServiceWithDatabase): string => serviceLoginOf(serviceDatabases[service].name);

export const databaseLogins: readonly string[] = [...servicesWithDatabase.map(loginOf), OPERATORS];

export interface ProvisionServicesOptions {
  administratorUrl: string;
  services: readonly ServiceWithDatabase[];
  logins: DatabaseLogins;
  /** The server holds nothing but this system. */
  wholeServer: boolean;
}

/** Makes and migrates the databases of these services, and their logins. */
export async function provisionServices(options: ProvisionServicesOptions): Promise<void> {
  const { administratorUrl, services, logins, wholeServer } = options;
  await provision({
    url: administratorUrl,
    databases: services.map((service) => ({ ...serviceDatabases[service], password: logins[loginOf(service)]! })),
    operators: { name: OPERATORS, password: logins[OPERATORS]! },
    wholeServer,
    reachableWithinMs: 10_000,
    clock: new SystemClock(),
  });
}

/** The same server, as another login. */
export function urlAs(login: string, administratorUrl: string, logins: DatabaseLogins): string {
  return Object.assign(new URL(administratorUrl), { username: login, password: logins[login] }).toString();
}
