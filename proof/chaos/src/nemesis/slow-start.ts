// Preloaded into a service by LaunchSettings: a start on a machine that is short of everything.
import { setTimeout as sleep } from 'node:timers/promises';

await sleep(Number(process.env.CHAOS_START_DELAY_MS ?? 0));
