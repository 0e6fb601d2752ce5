import { useLive } from '../live/stream.js';
import { Flow } from './flow.js';
import { Lights } from './lights.js';
import { Processes } from './processes.js';

export function NowPage() {
  const { snapshot, history } = useLive();
  return (
    <>
      <Lights lights={snapshot?.lights} />
      <Flow flow={snapshot?.flow} history={history} />
      <Processes processes={snapshot?.processes} supervised={snapshot?.supervised ?? true} />
    </>
  );
}
