import type { Command } from './command.js';

interface Listed {
  /** One line for `holdfast --help`. */
  readonly summary: string;
  /** Loads the command when it is called, since loading all of them takes seconds. */
  readonly load: () => Promise<Command>;
}

export const commands = {
  why: {
    summary: 'why a charge ended as it did, or has not ended yet',
    load: async () => (await import('./why.js')).why,
  },
  trace: {
    summary: 'where the time of a charge went, as a waterfall',
    load: async () => (await import('./trace.js')).trace,
  },
  books: {
    summary: 'whether the books and the banks agree',
    load: async () => (await import('./books.js')).books,
  },
  parked: {
    summary: 'events that services have set aside; replays and discards them',
    load: async () => (await import('./parked.js')).parked,
  },
  ctl: {
    summary: 'what runs; kills, freezes, thaws, restarts, stops and starts it',
    load: async () => (await import('./ctl.js')).ctl,
  },
  limit: {
    summary: 'what an account may hold, and to change it',
    load: async () => (await import('./limit.js')).limit,
  },
  key: {
    summary: 'makes and revokes keys for API_KEYS=strict',
    load: async () => (await import('./key.js')).key,
  },
  verify: {
    summary: 'judges the running system: which promises hold, which are broken',
    load: async () => (await import('./verify.js')).verify,
  },
  faults: {
    summary: 'faults at the banks: lists, sets and clears them',
    load: async () => (await import('./faults.js')).faults,
  },
} as const satisfies Record<string, Listed>;
export type CommandName = keyof typeof commands;
