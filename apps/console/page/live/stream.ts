import { useSyncExternalStore } from 'react';
import type { HistoryPoint, Snapshot } from '../../src/now/snapshot.js';

/** What the server has told so far. */
export interface LiveState {
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly snapshot: Snapshot | undefined;
  readonly history: readonly HistoryPoint[];
}

const POINTS_KEPT = 300;

let state: LiveState = { connection: 'connecting', snapshot: undefined, history: [] };
const listeners = new Set<() => void>();
let source: EventSource | undefined;

function become(next: Partial<LiveState>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

/** The browser itself connects again when the stream breaks. */
function connect(): void {
  source = new EventSource('/api/stream');
  source.addEventListener('history', (event) => {
    become({ connection: 'live', history: JSON.parse(event.data as string) as HistoryPoint[] });
  });
  source.addEventListener('second', (event) => {
    const { snapshot, point } = JSON.parse(event.data as string) as { snapshot: Snapshot; point: HistoryPoint };
    become({ connection: 'live', snapshot, history: [...state.history, point].slice(-POINTS_KEPT) });
  });
  source.addEventListener('error', () => become({ connection: 'lost' }));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!source) connect();
  return () => {
    listeners.delete(listener);
  };
}

export const useLive = (): LiveState => useSyncExternalStore(subscribe, () => state);
