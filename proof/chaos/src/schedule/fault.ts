import type { bankProtocol } from '#contracts';

export const servicesOfTwo = ['payments-api', 'bank-gateway', 'ledger'] as const;
export type ReplicatedService = (typeof servicesOfTwo)[number];
export type InstanceName = ReplicatedService | `${ReplicatedService}-2`;
export const instancesOf = (service: ReplicatedService): InstanceName[] => [service, `${service}-2`];
export const allInstances: readonly InstanceName[] = servicesOfTwo.flatMap(instancesOf);

export const backends = ['bank-simulator', 'kafka', 'postgres'] as const;
export type ProcessName = InstanceName | (typeof backends)[number];

/** The connections of some instances to one place. */
export interface NetworkRoute {
  readonly from: readonly InstanceName[];
  readonly to: 'postgres' | bankProtocol.BankName;
}

/** What a process is struck in the middle of: the nemesis brings it about, and waits until it shows. */
export type StrikePoint =
  /** Every bank keeps silent, and an attempt has begun that none will answer. */
  | { readonly amid: 'call' }
  /** Kafka stands still; what is being sent to it arrives once its sender is gone. */
  | { readonly amid: 'publishing' };

/** One thing that goes wrong, until it is lifted. Every row of the fault table is here, but the clients' own: see client-scripts.ts. */
export type ChaosFault =
  /** SIGKILL; started again when lifted. */
  | { readonly kind: 'kill'; readonly processes: readonly ProcessName[]; readonly moment?: StrikePoint }
  /** SIGSTOP; SIGCONT when lifted. */
  | { readonly kind: 'freeze'; readonly processes: readonly ProcessName[]; readonly moment?: StrikePoint }
  /** SIGTERM, whatever is in hand; started again when lifted. */
  | { readonly kind: 'terminate'; readonly processes: readonly ProcessName[] }
  /** Killed and started at once, but it takes its time. */
  | {
      readonly kind: 'slow-start';
      readonly processes: readonly (InstanceName | 'bank-simulator')[];
      readonly delayMs: number;
    }
  /** Restarted with another idea of the time; and with the right one when lifted. */
  | { readonly kind: 'clock'; readonly processes: readonly InstanceName[]; readonly offsetMs: number }
  /** Connections are reset, new ones refused. */
  | { readonly kind: 'cut'; readonly route: NetworkRoute }
  | { readonly kind: 'delay'; readonly route: NetworkRoute; readonly delayMs: number }
  /** What goes one way arrives only when this is lifted; what goes the other way arrives. */
  | { readonly kind: 'one-way'; readonly route: NetworkRoute; readonly held: 'requests' | 'answers' }
  | { readonly kind: 'bank'; readonly rule: bankProtocol.FaultRuleInput }
  /** The ledger's database refuses one amount, as if a faulty release were out; mended and replayed when lifted. */
  | { readonly kind: 'poison'; readonly amountMinor: number };

export type ChaosFaultKind = ChaosFault['kind'];

/** As `--faults` takes them: a kind, or a family of kinds. */
export const families = {
  process: ['kill', 'freeze', 'terminate', 'slow-start'],
  network: ['cut', 'delay', 'one-way'],
  clock: ['clock'],
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
  /** 1, 2, 3 … in the order of their times. */
  readonly number: number;
  /** After the workload has begun. */
  readonly atMs: number;
  readonly lastsMs: number;
  readonly fault: ChaosFault;
  /** Faults of one lane come one after another, however long it takes to lift one. Without a lane: at their times. */
  readonly lane?: 'system' | 'banks';
}

export interface ChaosSchedule {
  readonly durationMs: number;
  readonly faults: readonly ScheduledFault[];
}

/** In words. */
export function describeFault(fault: ChaosFault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${fault.processes.join(' and ')}${describeMoment(fault.moment)}`;
    case 'freeze':
      return `freeze ${fault.processes.join(' and ')}${describeMoment(fault.moment)}`;
    case 'terminate':
      return `SIGTERM to ${fault.processes.join(' and ')}`;
    case 'slow-start':
      return `${fault.processes.join(' and ')} killed, takes ${fault.delayMs / 1_000} s to start`;
    case 'clock':
      return `the clock of ${fault.processes.join(' and ')} steps ${fault.offsetMs < 0 ? 'back' : 'ahead'} by ${spanOf(Math.abs(fault.offsetMs))}`;
    case 'cut':
      return `${describeRoute(fault.route)}: cut`;
    case 'delay':
      return `${describeRoute(fault.route)}: ${fault.delayMs} ms each way`;
    case 'one-way':
      return `${describeRoute(fault.route)}: ${fault.held} do not come through`;
    case 'bank':
      return describeRule(fault.rule);
    case 'poison':
      return `the ledger cannot digest a charge of ${fault.amountMinor}`;
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
