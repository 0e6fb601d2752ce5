import type { AdminDoors } from '#charge-story';

/** A container of the compose project, as far as `docker compose ps --format json` tells. */
export interface ComposeContainer {
  readonly service: string;
  readonly name: string;
  /** `running`, `paused`, `exited`, … */
  readonly state: string;
  /** `healthy`, `unhealthy`, `starting`; empty when it has no check. */
  readonly health: string;
  readonly ports: readonly { readonly target: number; readonly published: number }[];
}

interface Row {
  Service: string;
  Name: string;
  State: string;
  Health?: string;
  Publishers?: { TargetPort: number; PublishedPort: number }[] | null;
}

/** Compose prints a list, or since 2.21 a line for each container. */
export function composeContainersIn(text: string): ComposeContainer[] {
  const rows = text
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => JSON.parse(line) as Row | Row[]);
  // This very command may run in one of them.
  const lasting = rows.filter(({ Service }) => Service !== 'holdfast');
  return lasting.map(({ Service, Name, State, Health = '', Publishers }) => ({
    service: Service,
    name: Name,
    state: State,
    health: Health,
    ports: (Publishers ?? [])
      .filter(({ PublishedPort }) => PublishedPort > 0)
      .map(({ TargetPort, PublishedPort }) => ({ target: TargetPort, published: PublishedPort })),
  }));
}

/** The admin port inside the container, by the service of docker-compose.yml. */
const adminPorts = {
  payments: { service: 'payments-api', port: 3001 },
  gateway: { service: 'bank-gateway', port: 3002 },
  ledger: { service: 'ledger', port: 3003 },
  banks: { service: 'bank-simulator', port: 3010 },
} as const satisfies Record<keyof AdminDoors, { service: string; port: number }>;

/** Where they are published on the host. A container that does not run publishes nothing. */
export function doorsOf(containers: readonly ComposeContainer[]): AdminDoors {
  const urls = (name: keyof AdminDoors): string[] => {
    const { service, port } = adminPorts[name];
    const published = containers
      .filter((each) => each.service === service)
      .flatMap(({ ports }) => ports.flatMap(({ target, published }) => (target === port ? [published] : [])));
    return [...new Set(published)].map((each) => `http://127.0.0.1:${each}`);
  };
  return { payments: urls('payments'), gateway: urls('gateway'), ledger: urls('ledger'), banks: urls('banks') };
}
