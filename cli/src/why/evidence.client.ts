import { z } from 'zod';
import { bankProtocol, views } from '#contracts';
import type { AdminDoors } from '../system/admin-doors.js';
import { also, keyOfEvent, told, type ChargeFacts, type ServiceReply, type WhyJournalRecord } from './evidence.js';

const ANSWER_WITHIN_MS = 3_000;

/** Asks every service and bank. One that is away leaves a gap in the story and nothing more. */
export async function gatherEvidence(doors: AdminDoors, chargeId: string): Promise<ChargeFacts> {
  const path = `/charges/${encodeURIComponent(chargeId)}`;
  const [charge, gateway, configured, ledger, found] = await Promise.all([
    ask(doors.payments, path, views.paymentsChargeView),
    ask(doors.gateway, path, views.gatewayChargeView),
    ask(doors.gateway, '/banks', z.array(views.bankStateView)),
    ask(doors.ledger, path, views.ledgerChargeView),
    ask(doors.ledger, `${path}/differences`, z.array(views.differenceView)),
  ]);
  const asked = told(gateway)?.operations.map(({ bank }) => bank);
  const [{ keys, replies }, journals] = await Promise.all([
    keysOf(doors, told(charge)),
    journalsOf(doors, chargeId, asked ? [...new Set(asked)] : bankProtocol.bankNames),
  ]);
  return {
    chargeId,
    payments: also(charge, () => ({ keys })),
    gateway: also(gateway, () => ({ banks: told(configured) ?? [] })),
    ledger: also(ledger, () => ({ differences: told(found) ?? [] })),
    banks: journals,
    unreadable: [configured, found, ...replies].flatMap((reply) =>
      reply.kind === 'unreadable' ? [`An answer cannot be read by this command: ${reply.because}.`] : [],
    ),
  };
}

/** The charge that a refund gives back. */
export async function chargeOfRefund(doors: AdminDoors, refundId: string): Promise<ServiceReply<string>> {
  const refund = await ask(doors.payments, `/refunds/${encodeURIComponent(refundId)}`, views.refundView);
  return refund.kind === 'told' ? { kind: 'told', view: refund.view.chargeId } : refund;
}

/** What was asked for under an idempotency key. */
export const keyOf = (doors: AdminDoors, account: string, key: string): Promise<ServiceReply<views.KeyView>> =>
  ask(doors.payments, `/keys/${encodeURIComponent(account)}/${encodeURIComponent(key)}`, views.keyView);

async function keysOf(doors: AdminDoors, view: views.PaymentsChargeView | undefined) {
  if (!view) return { keys: [], replies: [] };
  const names = new Set(view.events.flatMap((event) => keyOfEvent(event, view) ?? []));
  const replies = await Promise.all([...names].map((name) => keyOf(doors, view.charge.account, name)));
  return { keys: replies.flatMap((key) => told(key) ?? []), replies };
}

async function journalsOf(
  { banks: [url] }: AdminDoors,
  chargeId: string,
  names: readonly string[],
): Promise<ServiceReply<readonly WhyJournalRecord[]>> {
  if (url === undefined) return { kind: 'away', because: 'its address is not known' };
  const until = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const journals = await Promise.all(names.map((bank) => journalOf(url, bank, chargeId, until)));
    return { kind: 'told', view: journals.flat() };
  } catch (error) {
    return { kind: 'away', because: reasonOf(error, url) };
  }
}

async function journalOf(
  url: string,
  bank: string,
  chargeId: string,
  signal: AbortSignal,
): Promise<WhyJournalRecord[]> {
  const response = await fetch(`${url}/banks/${bank}/journal/charges/${encodeURIComponent(chargeId)}`, { signal });
  const { records } = bankProtocol.chargeRecordsSchema.parse(await response.json());
  return records.map((record) => ({ ...record, bank }));
}

async function ask<View>(urls: readonly string[], path: string, schema: z.ZodType<View>): Promise<ServiceReply<View>> {
  let because = 'its address is not known';
  for (const url of urls) {
    try {
      const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (response.status === 404) return { kind: 'unknown' };
      if (response.ok) return read(schema, await response.json(), path);
      because = `${url} answered ${response.status}`;
    } catch (error) {
      because = reasonOf(error, url);
    }
  }
  return { kind: 'away', because };
}

/** Fields that are not in the schema are passed over: the service may be newer than this command. */
function read<View>(schema: z.ZodType<View>, answer: unknown, door: string): ServiceReply<View> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return { kind: 'told', view: data };
  const [{ path, message }] = error.issues as [z.core.$ZodIssue];
  return { kind: 'unreadable', because: `${[door, ...path].join(' ')}: ${message}` };
}

function reasonOf(error: unknown, url: string): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer from ${url} in time`;
  const code = (cause as { code?: string } | undefined)?.code;
  return code === 'ECONNREFUSED' ? `nothing listens at ${url}` : `${url}: ${code ?? message}`;
}
