import { useState } from 'react';
import type { bankProtocol } from '#contracts';
import type { TrafficPlan, TrafficState } from '../../src/traffic/generator.js';
import { request } from '../live/request.js';
import { useAction } from '../live/use-action.js';
import { useAnswer } from '../live/use-answer.js';
import { useMayAct } from '../live/use-access.js';

const brands: readonly bankProtocol.Brand[] = ['visa', 'mastercard', 'amex', 'discover'];

export function Generator() {
  const { answer: state, read } = useAnswer<TrafficState>('/traffic', 1_000);
  const { isRunning, problem, run } = useAction();
  const mayAct = useMayAct();
  const [plan, setPlan] = useState<TrafficPlan>({
    perSecond: 10,
    brands: ['visa', 'mastercard', 'amex', 'discover'],
    duplicateShare: 0.1,
    faultShare: 0.05,
  });
  const change = (part: Partial<TrafficPlan>): void => setPlan({ ...plan, ...part });
  const ask = (method: 'PUT' | 'DELETE', body?: TrafficPlan): void =>
    void run(async () => {
      await request(method, '/traffic', body);
      await read();
    });
  const runs = state?.plan !== null && state !== undefined;
  return (
    <section aria-labelledby="generator">
      <h2 id="generator">Many charges</h2>
      <form className="card form" onSubmit={(event) => event.preventDefault()}>
        <Dial
          title="charges a second"
          max={100}
          step={1}
          value={plan.perSecond}
          onSet={(perSecond) => change({ perSecond })}
        />
        <Dial
          title="asked twice, % of them"
          max={100}
          step={5}
          value={Math.round(plan.duplicateShare * 100)}
          onSet={(percent) => change({ duplicateShare: percent / 100 })}
        />
        <Dial
          title="with a fault, % of them"
          max={100}
          step={5}
          value={Math.round(plan.faultShare * 100)}
          onSet={(percent) => change({ faultShare: percent / 100 })}
        />
        <fieldset className="mix">
          <legend>card networks</legend>
          {brands.map((brand) => (
            <label key={brand} className="check">
              <input
                type="checkbox"
                checked={plan.brands.includes(brand)}
                onChange={({ target }) => {
                  const chosen = brands.filter((each) =>
                    each === brand ? target.checked : plan.brands.includes(each),
                  );
                  if (chosen.length > 0) change({ brands: chosen });
                }}
              />
              {brand}
            </label>
          ))}
        </fieldset>
        <button
          type="button"
          className="main"
          disabled={!mayAct || isRunning || plan.perSecond === 0}
          onClick={() => ask('PUT', plan)}
        >
          {runs ? 'Change' : 'Start'}
        </button>
        <button type="button" disabled={!mayAct || isRunning || !runs} onClick={() => ask('DELETE')}>
          Stop
        </button>
      </form>
      <div className="result">
        {problem && <p role="alert">{problem}</p>}
        {state && <Answers state={state} />}
      </div>
    </section>
  );
}

function Dial({
  title,
  max,
  step,
  value,
  onSet,
}: {
  title: string;
  max: number;
  step: number;
  value: number;
  onSet: (value: number) => void;
}) {
  return (
    <label className="slider">
      <span>{title}</span>
      <input
        type="range"
        min={0}
        max={max}
        step={step}
        value={value}
        onChange={({ target }) => onSet(Number(target.value))}
      />
      <output>{value}</output>
    </label>
  );
}

function Answers({ state: { plan, sent, inFlight, heldBack, answers } }: { state: TrafficState }) {
  if (sent === 0 && plan === null)
    return <p className="soft">Nothing was sent yet. It ends by itself after ten minutes.</p>;
  const told = Object.entries(answers).map(([status, count]) => `${status}: ${count.toLocaleString('en')}`);
  return (
    <p>
      {plan === null ? 'Stopped' : `Running at ${plan.perSecond} a second`}. {sent.toLocaleString('en')} sent,{' '}
      {inFlight} in flight{heldBack > 0 && `, ${heldBack} held back`}. Answers: {told.join(', ') || 'none yet'}.
    </p>
  );
}
