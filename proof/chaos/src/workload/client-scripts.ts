import { onAccountsApart } from './stories/accounts-apart.js';
import { askingAgain } from './stories/asking-again.js';
import { charging } from './stories/charging.js';
import { reading } from './stories/reading.js';
import { refunding } from './stories/refunding.js';
import { trespassing } from './stories/trespassing.js';
import type { ClientScript } from './client-script.js';

/** Every story by name. The name is the `story` of its exchanges. */
export const stories = {
  ...charging,
  ...refunding,
  ...askingAgain,
  ...reading,
  ...trespassing,
  ...onAccountsApart,
} as const satisfies Record<string, ClientScript>;

export type StoryName = keyof typeof stories;

/** Weights of the stories in the random mix. */
export const everything: Readonly<Record<StoryName, number>> = {
  charge: 7,
  declined: 1.5,
  'capture all': 3,
  'capture a part': 3,
  'capture twice': 1.5,
  'capture too much': 0.7,
  'authorize only': 1,
  cancel: 3,
  'capture races cancel': 4,
  refund: 2,
  'refund in parts': 2,
  'refund to the last': 1,
  'refund changed': 1,
  'answer lost': 4,
  'refund answer lost': 1,
  'asked twice at once': 2,
  'same key at once': 0.5,
  'asked again later': 3,
  'key used for something else': 1,
  'aimed fault': 5,
  'aimed fault of a refund': 1.5,
  details: 1.5,
  'look closely': 2,
  'walk charges': 1,
  'walk refunds': 0.7,
  'walk balance transactions': 1,
  balance: 1,
  'tries another’s charge': 1.5,
  'tries another’s refund': 0.7,
  'hostile input': 2,
  'unreadable input': 1,
  'authorization lapses': 0.7,
  'refund beyond the balance': 0.4,
};
