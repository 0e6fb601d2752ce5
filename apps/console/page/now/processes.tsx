import type { ProcessView } from '../../src/now/snapshot.js';
import { request } from '../live/request.js';
import { useAction } from '../live/use-action.js';
import { useMayAct } from '../live/use-access.js';
import { Mark, type MarkKind } from '../parts/mark.js';

const kindOf = (state: string): MarkKind => {
  if (state === 'ready') return 'good';
  if (state === 'killed' || state === 'no answer') return 'bad';
  return state === 'stopped' ? 'none' : 'warn';
};

/** A page cannot show how its own server is killed. */
const ITSELF = 'console';

type Command = 'kill' | 'freeze' | 'thaw' | 'restart' | 'start';

/** What can be done to a process in its state. */
function commandsIn(state: string): readonly Command[] {
  if (state === 'frozen') return ['thaw', 'kill'];
  return state === 'killed' || state === 'stopped' ? ['start'] : ['kill', 'freeze', 'restart'];
}

const composeWord = { kill: 'kill', freeze: 'pause', thaw: 'unpause', restart: 'restart', start: 'start' };

export function Processes({
  processes = [],
  supervised,
}: {
  processes?: readonly ProcessView[] | undefined;
  supervised: boolean;
}) {
  return (
    <section aria-labelledby="processes">
      <h2 id="processes">Processes</h2>
      <p className="soft">
        Charges wait while a process is away, and go on when it is back. Kill is <code>kill -9</code>; a frozen process
        holds its connections and does nothing.
      </p>
      <div className="card table" tabIndex={0} role="region" aria-labelledby="processes">
        <table>
          <thead>
            <tr>
              <th scope="col">process</th>
              <th scope="col">state</th>
              <th scope="col" className="number wide">
                pid
              </th>
              <th scope="col" className="number wide">
                restarts
              </th>
              <th scope="col">{supervised ? 'do' : 'command'}</th>
            </tr>
          </thead>
          <tbody>
            {processes
              .filter(({ name }) => name !== ITSELF)
              .map((process) => (
                <ProcessRow key={process.name} process={process} supervised={supervised} />
              ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ProcessRow({
  process: { name, state, pid, restarts },
  supervised,
}: {
  process: ProcessView;
  supervised: boolean;
}) {
  return (
    <tr data-process={name}>
      <th scope="row">{name}</th>
      <td>
        <span className="state">
          <Mark kind={kindOf(state)} />
          {state}
        </span>
      </td>
      <td className="number wide">{pid ?? ''}</td>
      <td className="number wide">{restarts ?? ''}</td>
      <td>{supervised ? <Commands name={name} state={state} /> : <ComposeCommands name={name} state={state} />}</td>
    </tr>
  );
}

function Commands({ name, state }: { name: string; state: string }) {
  const { isRunning, problem, run } = useAction();
  const mayAct = useMayAct();
  return (
    <div className="buttons">
      {commandsIn(state).map((command) => (
        <button
          key={command}
          type="button"
          className={command === 'kill' ? 'harm' : undefined}
          aria-label={`${command} ${name}`}
          disabled={!mayAct || isRunning}
          onClick={() => void run(() => request('POST', `/processes/${name}/${command}`))}
        >
          {command}
        </button>
      ))}
      {problem && <p role="alert">{problem}</p>}
    </div>
  );
}

function ComposeCommands({ name, state }: { name: string; state: string }) {
  const commands: readonly Command[] = state === 'ready' ? ['kill', 'freeze'] : ['start', 'thaw'];
  return commands.map((command) => (
    <code key={command} className="command">
      docker compose {composeWord[command]} {name}
    </code>
  ));
}
