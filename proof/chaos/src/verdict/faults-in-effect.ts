import { bankFaultsIn, type Evidence, type FaultKind, type FaultPlace, type FaultStretch } from '#checker';
import { bankProtocol } from '#contracts';
import type { RunningStrike } from '../nemesis/nemesis.js';
import { servicesOfTwo, type ChaosFault, type ProcessName } from '../schedule/fault.js';

type Effect = Pick<FaultStretch, 'kind' | 'at' | 'charge' | 'isAimed'>;

interface Struck {
  readonly beganAt: number;
  readonly strikes: readonly RunningStrike[];
  readonly evidence: Pick<Evidence, 'charges' | 'requests'>;
}

/** Faults in effect, with place and time: from the strikes, and from the banks' journals for single requests. */
export const faultsInEffect = (run: Struck): FaultStretch[] => [
  ...strikesInEffect(run),
  ...bankFaultsIn(run.evidence.requests),
];

/** Faults in effect from the strikes alone. */
export function strikesInEffect({ beganAt, strikes, evidence }: Struck): FaultStretch[] {
  const chargesOf = (amountMinor: number): string[] =>
    evidence.charges.filter((charge) => charge.amountMinor === amountMinor).map(({ id }) => id);
  return [
    // The start of the system counts as a slow start.
    { kind: 'slow_start', at: {}, fromMs: -Infinity, untilMs: beganAt },
    ...strikes.flatMap(({ fault, struckMs, liftedMs = Infinity }) =>
      effectsOf(fault, chargesOf).map((effect) => ({
        ...effect,
        fromMs: beganAt + struckMs,
        // A parked event stays parked until an operator replays it.
        untilMs: effect.kind === 'poison' ? Infinity : beganAt + liftedMs,
      })),
    ),
  ];
}

function effectsOf(fault: ChaosFault, chargesOf: (amountMinor: number) => string[]): Effect[] {
  switch (fault.kind) {
    case 'kill':
      return fault.processes.flatMap((name) => ofProcess('killed', name));
    case 'freeze':
      return fault.processes.flatMap((name) => ofProcess('frozen', name));
    case 'terminate':
      return fault.processes.flatMap((name) => ofProcess('terminated', name));
    case 'slow_start':
      return fault.processes.flatMap((name) => [...ofProcess('killed', name), ...ofProcess('slow_start', name)]);
    case 'clock_step':
      // An instance gets its clock offset by a restart.
      return fault.processes.flatMap((name) => [...ofProcess('clock_step', name), ...ofProcess('terminated', name)]);
    case 'cut':
    case 'delay':
    case 'one_way': {
      const { from, to } = fault.route;
      if (to === 'postgres') return from.map((name) => ({ kind: 'database_away', at: placeOf(name) }));
      return from.map((name) => ({ kind: 'bank_unreachable', at: { ...placeOf(name), bank: to } }));
    }
    case 'bank':
      // Requests to a closed port are in no journal; all other bank faults are.
      return banksTakenAwayBy(fault.rule).map((bank) => ({ kind: 'outage', at: { bank } }));
    case 'poison':
      return chargesOf(fault.amountMinor).map((charge) => ({
        kind: 'poison',
        at: { service: 'ledger' },
        charge,
        isAimed: true,
      }));
  }
}

function ofProcess(kind: FaultKind, name: ProcessName): Effect[] {
  if (name === 'postgres') return [{ kind: 'database_away', at: {} }];
  if (name === 'kafka') return [{ kind: 'kafka_away', at: {} }];
  if (name !== 'bank-simulator') return [{ kind, at: placeOf(name) }];
  return [
    { kind, at: { service: name, instance: name } },
    ...bankProtocol.bankNames.map((bank) => ({ kind: 'bank_unreachable' as const, at: { bank } })),
  ];
}

const placeOf = (instance: string): FaultPlace => ({
  service: servicesOfTwo.find((service) => instance === service || instance === `${service}-2`),
  instance,
});

function banksTakenAwayBy(input: bankProtocol.FaultRuleInput): bankProtocol.BankName[] {
  const rule = bankProtocol.faultRuleSchema.parse(input);
  return bankProtocol.bankNames.filter((bank) => bankProtocol.closesPortOf(bank, rule));
}
