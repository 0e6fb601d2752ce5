import type { bankProtocol } from '#contracts';
import { request } from '../live/request.js';
import { useAction } from '../live/use-action.js';
import { useMayAct } from '../live/use-access.js';

/** Every rule at the banks, those that other tools have set too. */
export function StandingFaults({ faults }: { faults: readonly bankProtocol.StandingFaultRule[] }) {
  const { problem, run } = useAction();
  const mayAct = useMayAct();
  return (
    <section aria-labelledby="standing">
      <h2 id="standing">Faults that stand</h2>
      {faults.length === 0 ? (
        <p className="soft">None. What a charge’s own fault token does is not listed here.</p>
      ) : (
        <div className="card table" tabIndex={0} role="region" aria-labelledby="standing">
          <table>
            <thead>
              <tr>
                <th scope="col">fault</th>
                <th scope="col">of</th>
                <th scope="col">operation</th>
                <th scope="col" className="number">
                  strikes
                </th>
                <th scope="col">parameters</th>
                <th scope="col">
                  <span className="heard">do</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {faults.map(({ id, fault, scope, operation, strikes, probability, parameters }) => (
                <tr key={id}>
                  <th scope="row">{fault}</th>
                  <td>{scopeInWords(scope)}</td>
                  <td>{operation ?? 'all'}</td>
                  <td className="number">{strikes}</td>
                  <td className="soft">
                    {[
                      ...(probability < 1 ? [`${Math.round(probability * 100)} %`] : []),
                      ...Object.entries(parameters).map(([name, value]) => `${name} ${String(value)}`),
                    ].join(', ')}
                  </td>
                  <td>
                    <button
                      type="button"
                      disabled={!mayAct}
                      aria-label={`lift ${fault} of ${scopeInWords(scope)}`}
                      onClick={() => void run(() => request('DELETE', `/faults/${id}`))}
                    >
                      lift
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {problem && <p role="alert">{problem}</p>}
    </section>
  );
}

const scopeInWords = (scope: bankProtocol.FaultScope): string =>
  Object.entries(scope)
    .map(([part, value]) => (part === 'bank' ? value : `${part} ${value}`))
    .join(', ') || 'every bank';
