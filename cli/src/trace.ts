import { duration, EvidenceClient, storyOf, type ChargeTimeline, type ReadUrl } from '#charge-story';
import { SpansClient, traceTrees, type TraceTree } from '#charge-trace';
import { asksForHelp, CommandError, type Command } from './command.js';
import { readWords } from './read-words.js';
import { doorOptions } from './system/admin-doors.js';
import { findDoors } from './system/find-system.js';
import { spansOfStory } from './trace/spans-of-story.js';
import { waterfall } from './trace/waterfall.js';

const ANSWER_WITHIN_MS = 3_000;

const usage = `holdfast trace ch_…                  where the time of a charge went, span by span
                    --json           for machines
                    --stored         from what the services store, though spans are there

Services record up to TRACES_PER_SECOND requests a second, and keep the last spans in memory. Where none is left, the
charge is drawn from what the services store, as holdfast why tells it.

Another system than the one that runs here: see holdfast why --help.`;

export const trace: Command = async (words) => {
  if (asksForHelp(words)) {
    console.log(usage);
    return 0;
  }
  const { positionals, values } = readWords('trace', words, {
    ...doorOptions,
    json: { type: 'boolean' },
    stored: { type: 'boolean' },
  });
  const [chargeId] = positionals;
  if (positionals.length !== 1 || !chargeId!.startsWith('ch_'))
    throw new CommandError('Name one charge (ch_…). See holdfast trace --help.');
  const doors = await findDoors(values);
  const client = new SpansClient([...doors.payments, ...doors.gateway, ...doors.ledger], read);
  const { spans, missing } = values.stored ? { spans: [], missing: [] } : await client.ofCharge(chargeId!);
  const recorded = spans.length > 0;
  const shown = recorded ? spans : spansOfStory(await storyIn(new EvidenceClient(doors, read), chargeId!));
  if (values.json) {
    console.log(JSON.stringify({ chargeId, recorded, spans: shown, missing }, null, 2));
    return 0;
  }
  if (!recorded) console.log('No recorded span of it is shown; this is what the services store.\n');
  for (const tree of traceTrees(shown)) print(tree, recorded);
  for (const { url, because } of missing) console.log(`${url} was not heard: ${because}.`);
  return 0;
};

const read: ReadUrl = (url) => fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });

async function storyIn(client: EvidenceClient, chargeId: string): Promise<ChargeTimeline> {
  const story = storyOf(await client.gather(chargeId));
  if (story) return story;
  throw new CommandError(
    `No service and no bank knows ${chargeId}. Is it from another system, or mistyped? An id is ch_ and 11 characters.`,
    1,
  );
}

function print(tree: TraceTree, recorded: boolean): void {
  const { isTTY, columns } = process.stdout;
  const colours = isTTY && process.env.NO_COLOR === undefined;
  const began = new Date(tree.startedAt).toISOString().replace('T', ' ').replace('Z', ' UTC');
  console.log(`${recorded ? `trace ${tree.traceId}` : tree.traceId}, ${duration(tree.durationMs)}, from ${began}`);
  for (const line of waterfall(tree, { width: isTTY ? columns : 120, colours })) console.log(line);
  console.log('');
}
