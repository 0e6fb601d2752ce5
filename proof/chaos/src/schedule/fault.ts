import type { bankProtocol } from '#contracts';

export const servicesOfTwo = ['payments-api', 'bank-gateway', 'ledger'] as const;
export type ReplicatedService = (typeof servicesOfTwo)[number];
export type InstanceName = ReplicatedService | `${ReplicatedService}-2`;
export const instancesOf = (service: ReplicatedService): InstanceName[] => [service, `${service}-2`];
export const allInstances: readonly InstanceName[] = servicesOfTwo.flatMap(instancesOf);

export const backends = ['bank-simulator', 'kafka', 'postgres'] as const;
export type ProcessName = InstanceName | (typeof backends)[number];

/** The connections of some instances to Postgres or to a bank. */
export interface NetworkRoute {
  readonly from: readonly InstanceName[];
  readonly to: 'postgres' | bankProtocol.BankName;
}

/** The point in a process's work at which it is struck. The nemesis brings it about and waits for it. */
export type StrikePoint =
  /** Every bank hangs, and an attempt is in flight. */
  | { readonly amid: 'call' }
  /** Kafka is frozen, so a publication in flight arrives after its sender was struck. */
  | { readonly amid: 'publishing' };

/** One injected fault. Faults that clients cause by themselves are in client-scripts.ts. */
export type ChaosFault =
  /** SIGKILL; started again when lifted. */
  | { readonly kind: 'kill'; readonly processes: readonly ProcessName[]; readonly moment?: StrikePoint }
  /** SIGSTOP; SIGCONT when lifted. */
  | { readonly kind: 'freeze'; readonly processes: readonly ProcessName[]; readonly moment?: StrikePoint }
  /** SIGTERM during traffic; started again when lifted. */
  | { readonly kind: 'terminate'; readonly processes: readonly ProcessName[] }
  /** Killed and started again at once, with a delayed start. */
  | {
      readonly kind: 'slow_start';
      readonly processes: readonly (InstanceName | 'bank-simulator')[];
      readonly delayMs: number;
    }
  /** Restarted with an offset on its wall clock; restarted without it when lifted. */
  | { readonly kind: 'clock_step'; readonly processes: readonly InstanceName[]; readonly offsetMs: number }
  /** Connections are reset, new ones refused. */
  | { readonly kind: 'cut'; readonly route: NetworkRoute }
  | { readonly kind: 'delay'; readonly route: NetworkRoute; readonly delayMs: number }
  /** An asymmetric partition: one direction is held until it is lifted. */
  | { readonly kind: 'one_way'; readonly route: NetworkRoute; readonly held: 'requests' | 'answers' }
  | { readonly kind: 'bank'; readonly rule: bankProtocol.FaultRuleInput }
  /** The ledger's database rejects one amount, like a faulty release. When lifted, the cause is repaired and the event replayed. */
  | { readonly kind: 'poison'; readonly amountMinor: number };

export type ChaosFaultKind = ChaosFault['kind'];

/** Values of `--faults`: a kind, or a family of kinds. */
export const families = {
  process: ['kill', 'freeze', 'terminate', 'slow_start'],
  network: ['cut', 'delay', 'one_way'],
  clock: ['clock_step'],
  bank: ['bank'],
  poison: ['poison'],
} as const satisfies Record<string, readonly ChaosFaultKind[]>;
export type FaultFamily = keyof typeof families;
export const faultKinds: readonly ChaosFaultKind[] = Object.values(families).flat();
export const familyOf = (kind: ChaosFaultKind): FaultFamily =>
  (Object.keys(families) as FaultFamily[]).find((family) =>
    (families[family] as readonly ChaosFaultKind[]).includes(kind),
  )!;

export interface ScheduledFault {
  /** Position in the schedule, from 1. */
  readonly number: number;
  /** Milliseconds since the start of the workload. */
  readonly atMs: number;
  readonly lastsMs: number;
  readonly fault: ChaosFault;
  /** Faults of one lane never overlap, however long it takes to lift one. Without a lane they keep their times. */
  readonly lane?: 'system' | 'banks';
}

export interface ChaosSchedule {
  readonly durationMs: number;
  readonly faults: readonly ScheduledFault[];
}

/** Describes the fault for reports and progress output. */
export function describeFault(fault: ChaosFault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${fault.processes.join(' and ')}${describeMoment(fault.moment)}`;
    case 'freeze':
      return `freeze ${fault.processes.join(' and ')}${describeMoment(fault.moment)}`;
    case 'terminate':
      return `SIGTERM to ${fault.processes.join(' and ')}`;
    case 'slow_start':
      return `${fault.processes.join(' and ')} killed, takes ${fault.delayMs / 1_000} s to start`;
    case 'clock_step':
      return `the clock of ${fault.processes.join(' and ')} steps ${fault.offsetMs < 0 ? 'back' : 'ahead'} by ${spanOf(Math.abs(fault.offsetMs))}`;
    case 'cut':
      return `${describeRoute(fault.route)}: cut`;
    case 'delay':
      return `${describeRoute(fault.route)}: ${fault.delayMs} ms each way`;
    case 'one_way':
      return `${describeRoute(fault.route)}: ${fault.held} are held`;
    case 'bank':
      return describeRule(fault.rule);
    case 'poison':
      return `the ledger rejects a charge of ${fault.amountMinor}`;
  }
}

function describeMoment(moment: StrikePoint | undefined): string {
  if (moment === undefined) return '';
  return moment.amid === 'call' ? ', amid a call at a bank' : ', amid publishing';
}

const describeRoute = ({ from, to }: NetworkRoute): string => `${from.join(' and ')} to ${to}`;

function describeRule({ fault, scope, operation, probability = 1, parameters }: bankProtocol.FaultRuleInput): string {
  const given = Object.entries(parameters ?? {}).map(([name, value]) => `, ${name} ${value}`);
  const share = probability < 1 ? `, ${Math.round(probability * 100)} %` : '';
  return `${scope?.bank ?? 'every bank'}${scope?.card === undefined ? '' : `, ${scope.card}`}: ${fault} of ${operation ?? 'everything'}${share}${given.join('')}`;
}

function spanOf(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${ms / 1_000} s`;
}
