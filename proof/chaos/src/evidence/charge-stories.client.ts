import { EvidenceClient, storyOf, type AdminDoors, type ChargeTimeline } from '#charge-story';
import type { Urls } from '../../../../infra/local/instances.js';
import type { OperationEvidence } from './operations.js';

const SHOWN_MAX = 12;
const ANSWER_WITHIN_MS = 10_000;

/** Charges for a reader: those that are named by a broken promise, then those that took the most requests at banks. */
export function chargesToTell(lines: readonly string[], operations: readonly OperationEvidence[]): string[] {
  const named = lines.flatMap((line) => line.match(/\bch_\w+/g) ?? []);
  const requests = new Map<string, number>();
  for (const { chargeId, attempts, inquiries, reversals } of operations)
    requests.set(chargeId, (requests.get(chargeId) ?? 0) + attempts.length + inquiries + reversals);
  const busiest = [...requests].toSorted(([, a], [, b]) => b - a).map(([chargeId]) => chargeId);
  return [...new Set([...named, ...busiest])].slice(0, SHOWN_MAX);
}

/** A charge that no service can tell of now is left out. */
export async function readStories(urls: Urls, chargeIds: readonly string[]): Promise<ChargeTimeline[]> {
  const client = new EvidenceClient(doorsOf(urls), (url) =>
    fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }),
  );
  const stories = await Promise.all(chargeIds.map(async (chargeId) => storyOf(await client.gather(chargeId))));
  return stories.filter((story) => story !== undefined);
}

function doorsOf({ admin, banksAdmin }: Urls): AdminDoors {
  const instancesOf = (service: string): string[] =>
    Object.entries(admin).flatMap(([name, url]) => (name.replace(/-\d+$/, '') === service ? [url] : []));
  return {
    payments: instancesOf('payments-api'),
    gateway: instancesOf('bank-gateway'),
    ledger: instancesOf('ledger'),
    banks: [banksAdmin],
  };
}
