import type { PortName } from './ports.js';
import type { LocalServiceDefinition } from './services.js';

/** A service for the supervisor's own tests: it answers, and misbehaves as its environment says. */
export function dummyService(
  name: string,
  port: PortName,
  more: Pick<LocalServiceDefinition, 'database'> = {},
): LocalServiceDefinition {
  return {
    name,
    entry: 'infra/local/fixtures/service.mjs',
    ports: { ADMIN_PORT: port },
    healthPort: 'ADMIN_PORT',
    scalable: true,
    ...more,
  };
}
