import { EvidenceClient, storyOf } from '#charge-story';
import { asksForHelp, CommandError, type Command } from './command.js';
import { readWords } from './read-words.js';
import { doorOptions } from './system/admin-doors.js';
import { findDoors } from './system/find-system.js';
import { render } from './why/render.js';

const usage = `holdfast why ch_…                    why a charge ended as it did, or has not ended yet
holdfast why re_…                    the same, of the charge that a refund gives back
holdfast why acct_… <key>            the same, of what was asked for under an idempotency key
                    --json           for machines

Another system than the one that runs here, a URL for each instance, comma separated:
  --payments-admin-url, --gateway-admin-url, --ledger-admin-url, --banks-admin-url
  or PAYMENTS_ADMIN_URL, GATEWAY_ADMIN_URL, LEDGER_ADMIN_URL, BANKS_ADMIN_URL
A service that is not named is not asked.`;

const ANSWER_WITHIN_MS = 3_000;

export const why: Command = async (words) => {
  if (asksForHelp(words)) {
    console.log(usage);
    return 0;
  }
  const { positionals, values } = readWords('why', words, { ...doorOptions, json: { type: 'boolean' } });
  if (positionals.length === 0 || positionals.length > 2)
    throw new CommandError('Name a charge (ch_…), a refund (re_…), or an account and an idempotency key.');
  if (positionals.length === 1 && !/^(ch|re)_/.test(positionals[0]!))
    throw new CommandError(`${positionals[0]} is no charge (ch_…) and no refund (re_…). See holdfast why --help.`);
  const client = new EvidenceClient(await findDoors(values), (url) =>
    fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }),
  );
  const chargeId = await chargeOf(positionals, client);
  const evidence = await client.gather(chargeId);
  const story = storyOf(evidence);
  if (!story)
    throw new CommandError(
      `No service and no bank knows ${chargeId}. Is it from another system, or mistyped? An id is ch_ and 11 characters.`,
      1,
    );
  if (values.json) console.log(JSON.stringify({ ...story, evidence }, null, 2));
  else {
    const { isTTY, columns } = process.stdout;
    const colours = isTTY && process.env.NO_COLOR === undefined;
    for (const line of render(story, { width: isTTY ? columns : 100, colours })) console.log(line);
  }
  return 0;
};

async function chargeOf([first = '', key]: readonly string[], client: EvidenceClient): Promise<string> {
  if (key !== undefined) {
    const found = await client.key(first, key);
    if (found.kind === 'told' && found.view.chargeId) return found.view.chargeId;
    if (found.kind === 'away' || found.kind === 'unreadable')
      throw new CommandError(`payments-api could not be asked what was under the key: ${found.because}.`);
    throw new CommandError(
      `No charge was asked for under the key ${key} of ${first}. Answers that are not about a charge, and keys older than a day, are not kept here.`,
      1,
    );
  }
  if (first.startsWith('ch_')) return first;
  const found = await client.chargeOfRefund(first);
  if (found.kind === 'told') return found.view;
  if (found.kind === 'away' || found.kind === 'unreadable')
    throw new CommandError(
      `payments-api could not be asked which charge ${first} is of: ${found.because}. Ask with the charge’s id.`,
    );
  throw new CommandError(`No service knows ${first}. Is it from another system, or mistyped?`, 1);
}
