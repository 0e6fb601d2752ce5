import type { views } from '#contracts';
import { timeOfDay } from '../parts/format.js';

/** A key that begins with a space was made for a request without one. */
const shown = (key: string): string => (key.startsWith(' ') ? 'none was sent' : key);

export function Keys({ keys }: { keys: readonly views.KeyView[] }) {
  return (
    <section aria-labelledby="keys">
      <h2 id="keys">Idempotency keys</h2>
      <p className="soft">
        A repeat under a key gets its first answer again, to the byte, for a day. How often that happened is not kept.
      </p>
      <div className="card table" tabIndex={0} role="region" aria-labelledby="keys">
        <table>
          <thead>
            <tr>
              <th scope="col">key</th>
              <th scope="col">request</th>
              <th scope="col">first request</th>
              <th scope="col">answer</th>
              <th scope="col">at</th>
            </tr>
          </thead>
          <tbody>
            {keys.map(({ key, endpoint, requestId, answer }) => (
              <tr key={key}>
                <th scope="row" className="id">
                  {shown(key)}
                </th>
                <td>{endpoint}</td>
                <td className="id soft">{requestId}</td>
                <td>{answer ? answer.status : 'not yet'}</td>
                <td className="soft">{answer ? timeOfDay(answer.answeredAt) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
