import type { ShownLease } from '../../src/leases/leases.controller.js';
import { useAnswer } from '../live/use-answer.js';
import { timeOfDay } from '../parts/format.js';
import { Mark } from '../parts/mark.js';

export function LeasesPage() {
  const { answer: leases, problem } = useAnswer<readonly ShownLease[]>('/leases', 2_000);
  return (
    <section aria-labelledby="leases">
      <h2 id="leases">Who leads what</h2>
      <p className="soft">
        A lease lasts ten seconds and is renewed every three. Freeze its holder: another instance takes it under the
        next epoch, and what the frozen one still writes is harmless. Start a second one with{' '}
        <code>npm start -- --instances ledger=2</code>.
      </p>
      {problem && <p role="alert">{problem}</p>}
      <div className="card table" tabIndex={0} role="region" aria-labelledby="leases">
        <table>
          <thead>
            <tr>
              <th scope="col">service</th>
              <th scope="col">name</th>
              <th scope="col">state</th>
              <th scope="col">holder</th>
              <th scope="col" className="number">
                epoch
              </th>
              <th scope="col">since</th>
            </tr>
          </thead>
          <tbody>
            {leases?.map(({ service, name, holder, epoch, expiresInSeconds, heldSince }) => (
              <tr key={`${service} ${name}`}>
                <td>{service}</td>
                <th scope="row">{name}</th>
                <td>
                  <span className="state">
                    <Mark kind={expiresInSeconds > 0 ? 'good' : 'none'} />
                    {expiresInSeconds > 0 ? `held, ${Math.ceil(expiresInSeconds)} s left` : 'free'}
                  </span>
                </td>
                <td className="id">{expiresInSeconds > 0 ? holder : ''}</td>
                <td className="number">{epoch}</td>
                <td className="soft">{heldSince === null ? '' : timeOfDay(heldSince)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
