import { useMemo } from 'react';
import type { FaultPreset } from '../../src/banks/presets.js';
import { request } from '../live/request.js';
import { useLive } from '../live/stream.js';
import { useAction } from '../live/use-action.js';
import { useAnswer } from '../live/use-answer.js';
import { useMayAct } from '../live/use-access.js';
import { BankCardView } from './bank-card.js';
import { StandingFaults } from './standing-faults.js';

export function BanksPage() {
  const { snapshot, history } = useLive();
  const times = useMemo(() => history.map(({ at }) => at), [history]);
  return (
    <>
      <Presets standing={snapshot?.faults.length ?? 0} />
      <section aria-label="Banks">
        <ul className="banks">
          {snapshot?.banks.map((bank) => (
            <BankCardView key={bank.name} bank={bank} faults={snapshot.faults} history={history} times={times} />
          ))}
        </ul>
        {snapshot?.banks.length === 0 && (
          <p className="note">No bank-gateway answers, so its breakers are not known.</p>
        )}
      </section>
      <StandingFaults faults={snapshot?.faults ?? []} />
    </>
  );
}

function Presets({ standing }: { standing: number }) {
  const { answer: presets } = useAnswer<readonly FaultPreset[]>('/presets');
  const { isRunning, problem, run } = useAction();
  const mayAct = useMayAct();
  return (
    <section aria-labelledby="presets">
      <h2 id="presets">Break them</h2>
      <ul className="presets">
        {presets?.map(({ name, title, expect }) => (
          <li key={name} className="card">
            <button
              type="button"
              className="harm"
              disabled={!mayAct || isRunning}
              aria-describedby={`expect-${name}`}
              onClick={() => void run(() => request('POST', `/presets/${name}`))}
            >
              {title}
            </button>
            <p className="soft" id={`expect-${name}`}>
              {expect}
            </p>
          </li>
        ))}
        <li className="card">
          <button
            type="button"
            disabled={!mayAct || isRunning || standing === 0}
            onClick={() => void run(() => request('DELETE', '/faults'))}
          >
            Lift all faults
          </button>
          <p className="soft">
            {standing === 0 ? 'None stands.' : `${standing} ${standing === 1 ? 'stands' : 'stand'}.`}
          </p>
        </li>
      </ul>
      {problem && <p role="alert">{problem}</p>}
    </section>
  );
}
