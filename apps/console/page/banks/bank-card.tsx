import { useMemo } from 'react';
import type { bankProtocol } from '#contracts';
import type { BankCard, BreakerCard, HistoryPoint } from '../../src/now/snapshot.js';
import { rate } from '../parts/format.js';
import { Mark, type MarkKind } from '../parts/mark.js';
import { Sparkline } from '../parts/sparkline.js';
import { BankFaults } from './bank-faults.js';

const outcomeMark = { performed: 'good', refused: 'none', failed: 'bad' } as const;

/** In the manner of Hystrix's dashboard: one bank at a glance, and its faults to set. */
export function BankCardView({
  bank,
  faults,
  history,
  times,
}: {
  bank: BankCard;
  faults: readonly bankProtocol.StandingFaultRule[];
  history: readonly HistoryPoint[];
  times: readonly number[];
}) {
  const { name, networks, breaker, inFlight, slots, retryBudget, outcomes, inDoubt } = bank;
  const lines = useMemo(
    () => [
      { values: history.map(({ banks }) => banks[name]?.attempts ?? null), colour: '--accent' },
      { values: history.map(({ banks }) => banks[name]?.failures ?? null), colour: '--bad' },
    ],
    [history, name],
  );
  const last = history.at(-1)?.banks[name];
  return (
    <li className="card bank" data-bank={name}>
      <div className="bank-head">
        <h2>{name}</h2>
        <span className="soft">{networks.join(', ')}</span>
        <Breaker breaker={breaker} />
      </div>
      <Sparkline
        times={times}
        lines={lines}
        height={56}
        atLeast={5}
        label={`attempts and failures at ${name} in the last five minutes`}
      />
      <dl className="facts">
        <Fact name="attempts/s" value={rate(last?.attempts ?? null)} />
        <Fact name="failed/s" value={rate(last?.failures ?? null)} />
        <Fact name="in flight" value={`${inFlight} of ${slots}`} />
        <Fact name="in doubt" value={String(inDoubt)} />
        <Fact
          name="retries of budget"
          value={retryBudget ? `${retryBudget.used} of ${Math.floor(retryBudget.allowed)}` : '–'}
        />
      </dl>
      <ul className="outcomes" aria-label={`outcomes at ${name} in ten seconds`}>
        {outcomes.map(({ outcome, kind, count }) => (
          <li key={outcome}>
            <Mark kind={outcomeMark[kind]} />
            {outcome.replaceAll('_', ' ')} <b>{count}</b>
          </li>
        ))}
        {outcomes.length === 0 && <li className="soft">nothing asked in ten seconds</li>}
      </ul>
      <BankFaults bank={name} faults={faults} />
    </li>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const breakerMark = { closed: 'good', half_open: 'warn', open: 'bad' } satisfies Record<BreakerCard['state'], MarkKind>;

function Breaker({ breaker }: { breaker: BreakerCard | null }) {
  if (!breaker) return <span className="state">breaker not known</span>;
  const { state, probeInMs } = breaker;
  const seconds = Math.ceil(probeInMs / 1_000);
  const word = { closed: 'closed', half_open: 'half-open, probing', open: `open, probe in ${seconds} s` }[state];
  return (
    <span className={`state ${breakerMark[state]}`} data-breaker={state}>
      <Mark kind={breakerMark[state]} />
      {word}
    </span>
  );
}
