import type { SimulatedServiceName } from '../schedule/fault.js';
import type { WorldSchedule } from '../schedule/schedule.js';
import { roots } from '../service/roots.js';
import { define } from '../service/service-definition.js';
import { World, type Definitions, type JudgedBy, type WorldResult } from '../world/world.js';

/** Reads the services' modules and migrations, once per thread. */
export async function definitions(): Promise<Definitions> {
  const services = await Promise.all(roots.map(define));
  return Object.fromEntries(
    services.map((service) => [service.options.name as SimulatedServiceName, service]),
  ) as Definitions;
}

/** The broken promises of a run, comparable between runs. A bug (a failed assertion) ends the run, so only bugs count then. */
export function brokenBy({ verdict, bugs }: WorldResult): string[] {
  if (bugs.length > 0) return bugs.map((bug) => bug.replaceAll(/\w+_[0-9A-Za-z]{11,}/g, '…').split('\n')[0]!);
  return verdict.violations.map(({ id }) => id);
}

export const run = (schedule: WorldSchedule, services: Definitions, judge: JudgedBy = 'everything'): WorldResult =>
  new World(schedule, services, judge).run();
