import type { ToldAnswer } from '#checker';
import type { Runtime } from '../../../infra/local/runtime.js';
import { quantile } from './load.js';
import { openLoop } from './open-loop.js';
import { residentBytes } from './processes.js';
import { storedState, type StoredState } from './storage.js';
import { divided, measureWork, systemCpuMicros } from './work.js';

export interface SoakSample extends StoredState {
  readonly minute: number;
  readonly settledPerSecond: number;
  readonly p99Ms: number;
  /** What the databases grew by in this minute, for each charge. */
  readonly bytesPerCharge: number;
  readonly cpuMicrosPerCharge: number;
  /** Resident memory by process. */
  readonly megabytes: Readonly<Record<string, number>>;
}

/** Charges at a constant rate; one sample a minute. What grows with time, and not with the charges, is a leak. */
export async function soak(
  runtime: Pick<Runtime, 'processes' | 'urls' | 'databaseUrl'>,
  options: { perSecond: number; minutes: number; onAnswer: (told: ToldAnswer) => void; signal: AbortSignal },
): Promise<SoakSample[]> {
  const samples: SoakSample[] = [];
  let before = await storedState(runtime.databaseUrl);
  for (let minute = 1; minute <= options.minutes; minute++) {
    options.signal.throwIfAborted();
    const { result, work } = await measureWork(runtime, () =>
      openLoop(runtime.urls.apis, { perSecond: options.perSecond, forMs: 60_000 }, options.onAnswer),
    );
    const charges = result.length;
    const settled = result.filter(({ outcome }) => outcome === 'succeeded');
    const state = await storedState(runtime.databaseUrl);
    const megabytes: Record<string, number> = {};
    for (const { name, pid } of runtime.processes())
      if (pid !== undefined && name !== 'postgres')
        megabytes[name] = Math.round((await residentBytes(pid)) / 1_048_576);
    samples.push({
      minute,
      settledPerSecond: Math.round(settled.length / 60),
      p99Ms: Math.round(
        quantile(
          settled.map(({ tookMs }) => tookMs),
          0.99,
        ),
      ),
      bytesPerCharge: Math.round((state.bytes - before.bytes) / charges),
      cpuMicrosPerCharge: Math.round(systemCpuMicros(divided(work, charges))),
      megabytes,
      ...state,
    });
    before = state;
  }
  return samples;
}
