import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '#clock';
import type { ServiceName } from '#contracts';
import { Metrics, type MetricRegistration } from '#telemetry';
import { repositoryRoot } from '../local/repository.js';

export const scrapedServices = ['payments-api', 'bank-gateway', 'ledger'] as const satisfies readonly ServiceName[];

/** A metric, and the services that expose it. */
export interface ExposedMetric extends MetricRegistration {
  readonly services: readonly ServiceName[];
}

const SOURCES = '{apps/{payments-api,bank-gateway,ledger},libs/*}/src/**/*.ts';
const NOT_OF_PRODUCTION = /\.spec\.ts$|\/testing\/|^libs\/telemetry\//;
/** It opens the public port, which payments-api alone has. */
const OF_THE_PUBLIC_PORT = 'libs/service/src/nest-service.ts';

/** Every metric that the services register, sorted by name; without those of Node's process. */
export function registeredMetrics(): ExposedMetric[] {
  return globSync(SOURCES, { cwd: repositoryRoot })
    .filter((file) => !NOT_OF_PRODUCTION.test(file))
    .flatMap((file) =>
      metricsIn(readFileSync(join(repositoryRoot, file), 'utf8'), file).map((metric) => ({
        ...metric,
        services: servicesOf(file),
      })),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function servicesOf(file: string): readonly ServiceName[] {
  if (file === OF_THE_PUBLIC_PORT) return ['payments-api'];
  const own = scrapedServices.find((service) => file.startsWith(`apps/${service}/`));
  return own ? [own] : scrapedServices;
}

/**
 * The registrations in a source.
 *
 * @throws when name, help or labels are not written out there, since the page could not show them
 */
export function metricsIn(source: string, file: string): MetricRegistration[] {
  const calls = [...source.matchAll(/\bmetrics\.(counter|gauge|histogram)\b/g)];
  const read = [...source.matchAll(/\bmetrics\.(counter|gauge|histogram)\(\s*\{([^}]*)\}/g)];
  const metrics = read.flatMap(([, type, text]) => {
    const name = quoted(/\bname: (.+?)(?:,? *\n|, \w+:| *$)/.exec(text!)?.[1]);
    const help = quoted(/\bhelp:\s*('(?:[^'\\]|\\.)*'|"[^"]*")/.exec(text!)?.[1]);
    const labels = /\blabels: \[([^\]]*)\]/.exec(text!)?.[1];
    if (name === undefined || help === undefined || (labels === undefined && text!.includes('labels'))) return [];
    const labelNames = [...(labels ?? '').matchAll(/'(\w+)'/g)].map(([, label]) => label!);
    return [{ name, help, labels: labelNames, type: type as MetricRegistration['type'] }];
  });
  if (metrics.length === calls.length) return metrics;
  throw new Error(`${file} registers a metric whose name, help or labels are not written as literals.`);
}

function quoted(literal: string | undefined): string | undefined {
  return /^(['"])(.*)\1$/s.exec(literal?.trim() ?? '')?.[2];
}

/** The metrics of Node's process, which every service has. */
export function processMetrics(): ExposedMetric[] {
  return new Metrics(new SystemClock())
    .registered()
    .map(({ help, ...metric }) => ({
      ...metric,
      help: help.endsWith('.') ? help : `${help}.`,
      services: scrapedServices,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The unit, which stands last in the name. */
export function unitOf({ name }: Pick<ExposedMetric, 'name'>): string {
  const [, unit] = /_(seconds|bytes|minor_units)(?:_total)?$/.exec(name) ?? [];
  return unit?.replaceAll('_', ' ') ?? '';
}
