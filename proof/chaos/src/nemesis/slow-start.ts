// Preloaded into a service by LaunchSettings: delays its start, as an overloaded machine does.
import { setTimeout as sleep } from 'node:timers/promises';

await sleep(Number(process.env.CHAOS_START_DELAY_MS ?? 0));
