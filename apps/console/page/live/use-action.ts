import { useCallback, useState } from 'react';

/** Runs one action at a time, and keeps the sentence of the last that was refused. */
export function useAction() {
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = useCallback(async (action: () => Promise<unknown>) => {
    setRunning(true);
    try {
      await action();
      setProblem(undefined);
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setRunning(false);
    }
  }, []);
  return { isRunning, problem, run };
}
