import { useCallback, useEffect, useState } from 'react';
import { request } from './request.js';

/** What a path has answered so far. */
export interface AnswerState<Answer> {
  readonly answer: Answer | undefined;
  readonly problem: string | undefined;
  readonly read: () => Promise<void>;
}

/** Reads a path of the API, and again as often as asked. */
export function useAnswer<Answer>(path: string | undefined, everyMs?: number): AnswerState<Answer> {
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<string>();
  const read = useCallback(async () => {
    if (path === undefined) return;
    try {
      setAnswer(await request<Answer>('GET', path));
      setProblem(undefined);
    } catch (error) {
      setProblem((error as Error).message);
    }
  }, [path]);
  useEffect(() => {
    setAnswer(undefined);
    void read();
    if (everyMs === undefined) return undefined;
    const timer = window.setInterval(() => void read(), everyMs);
    return () => window.clearInterval(timer);
  }, [read, everyMs]);
  return { answer, problem, read };
}
