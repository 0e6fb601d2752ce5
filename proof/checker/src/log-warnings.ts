import { expectedWarnings, type ExpectedWarning } from './expected-warnings.js';
import type { FaultPlace, FaultStretch } from './faults.js';

/** A line of a service's log, at level warn or above. */
export interface LogWarning {
  /** Unix ms on the machine's clock, without the service's offset. */
  readonly atMs: number;
  readonly level: 'warn' | 'error' | 'fatal';
  readonly service: string;
  readonly instance: string;
  readonly message: string;
  /** The bank and the charge that the line names. */
  readonly bank?: string | undefined;
  readonly charge?: string | undefined;
  /** Its other fields, for display. */
  readonly detail?: string | undefined;
}

export interface JudgedWarnings {
  readonly unprovoked: readonly LogWarning[];
  /** Number of uses of each entry. */
  readonly uses: ReadonlyMap<string, number>;
}

/** Default of the longest delay after the end of a fault. */
const SHORTLY_MS = 10_000;

/** Finds warnings that no fault explains by an entry of the list. */
export function judgeWarnings(
  warnings: readonly LogWarning[],
  faults: readonly FaultStretch[],
  expected: readonly ExpectedWarning[] = expectedWarnings,
): JudgedWarnings {
  const uses = new Map<string, number>();
  const unprovoked: LogWarning[] = [];
  for (const warning of warnings) {
    const entries = expected.filter((entry) => isAbout(entry, warning) && isProvoked(entry, warning, faults));
    if (entries.length === 0) unprovoked.push(warning);
    for (const { id } of entries) uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  return { unprovoked, uses };
}

const isAbout = ({ level, services, message }: ExpectedWarning, warning: LogWarning): boolean =>
  level === warning.level && services.includes(warning.service) && message.test(warning.message);

function isProvoked(entry: ExpectedWarning, warning: LogWarning, stretches: readonly FaultStretch[]): boolean {
  const { faults, withinMs = SHORTLY_MS } = entry;
  return stretches.some(
    (stretch) =>
      faults.includes(stretch.kind) &&
      warning.atMs >= stretch.fromMs &&
      warning.atMs <= stretch.untilMs + withinMs &&
      reaches(stretch.at, entry, warning) &&
      concerns(stretch, entry, warning),
  );
}

/** Whether the fault's place includes the warning's service, instance and bank. */
function reaches(
  { service, instance, bank }: FaultPlace,
  { reachedFrom }: ExpectedWarning,
  warning: LogWarning,
): boolean {
  if (bank !== undefined && bank !== warning.bank) return false;
  if (service === undefined) return true;
  if (reachedFrom?.includes(service)) return true;
  return service === warning.service && (instance === undefined || instance === warning.instance);
}

/** Pages of a statement have the bank as their key, so a parked page delays the bank's comparison. */
function concerns({ charge, isAimed }: FaultStretch, { isOfOneCharge }: ExpectedWarning, warning: LogWarning): boolean {
  if (charge !== undefined && charge === warning.bank) return true;
  return charge === warning.charge || (!isAimed && !(isOfOneCharge && charge !== undefined));
}
