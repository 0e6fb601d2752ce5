import { useState } from 'react';
import type { bankProtocol } from '#contracts';
import { request } from '../live/request.js';
import { useAction } from '../live/use-action.js';
import { useMayAct } from '../live/use-access.js';

type Rule = bankProtocol.StandingFaultRule;

interface FaultSlider {
  readonly fault: bankProtocol.FaultName;
  readonly title: string;
  readonly max: number;
  readonly step: number;
  readonly unit: string;
  readonly valueOf: (rule: Rule) => number;
  readonly ruleOf: (value: number) => { probability?: number; parameters: object };
}

const share = (fault: bankProtocol.FaultName, title: string): FaultSlider => ({
  fault,
  title,
  max: 100,
  step: 5,
  unit: '%',
  valueOf: ({ probability }) => Math.round(probability * 100),
  ruleOf: (value) => ({ probability: value / 100, parameters: {} }),
});

const sliders: readonly FaultSlider[] = [
  {
    fault: 'latency',
    title: 'answers late by',
    max: 3_000,
    step: 100,
    unit: 'ms',
    valueOf: (rule) => (rule.fault === 'latency' ? rule.parameters.delayMs : 0),
    ruleOf: (delayMs) => ({ parameters: { delayMs } }),
  },
  share('drop_after', 'answers lost'),
  share('refuse', 'refuses'),
  share('hang', 'never answers'),
  share('duplicate', 'performs twice'),
];

/** A rule for all of one bank, which is what a switch or a slider of its card sets. */
const isOfCard = ({ scope, operation, times }: Rule, bank: string): boolean =>
  scope.bank === bank && Object.keys(scope).length === 1 && operation === undefined && times === undefined;

export function BankFaults({ bank, faults }: { bank: string; faults: readonly Rule[] }) {
  const { isRunning, problem, run } = useAction();
  const mayAct = useMayAct();
  const standing = (fault: string): readonly Rule[] =>
    faults.filter((rule) => rule.fault === fault && isOfCard(rule, bank));
  const replace = (fault: string, rule: object | undefined): Promise<void> =>
    run(async () => {
      for (const { id } of standing(fault)) await request('DELETE', `/faults/${id}`);
      if (rule) await request('POST', '/faults', { scope: { bank }, fault, ...rule });
    });
  const isOut = standing('outage').length > 0;
  return (
    <fieldset disabled={!mayAct || isRunning} className="faults">
      <legend>faults of {bank}</legend>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          checked={isOut}
          onChange={() => void replace('outage', isOut ? undefined : { parameters: {} })}
        />
        refuses connections
      </label>
      {sliders.map((slider) => {
        const [rule] = standing(slider.fault);
        const value = rule ? slider.valueOf(rule) : 0;
        return (
          <Slider
            key={`${slider.fault} ${value}`}
            slider={slider}
            standing={value}
            onSet={(next) => void replace(slider.fault, next === 0 ? undefined : slider.ruleOf(next))}
          />
        );
      })}
      {problem && <p role="alert">{problem}</p>}
    </fieldset>
  );
}

/** A drag sets one rule, when it ends. */
function Slider({
  slider: { title, max, step, unit },
  standing,
  onSet,
}: {
  slider: FaultSlider;
  standing: number;
  onSet: (value: number) => void;
}) {
  const [value, setValue] = useState(standing);
  const commit = (): void => {
    if (value !== standing) onSet(value);
  };
  return (
    <label className="slider">
      <span>{title}</span>
      <input
        type="range"
        min={0}
        max={max}
        step={step}
        value={value}
        onChange={({ target }) => setValue(Number(target.value))}
        onPointerUp={commit}
        onKeyUp={commit}
        onBlur={commit}
      />
      <output>
        {value} {unit}
      </output>
    </label>
  );
}
