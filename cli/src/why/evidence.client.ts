import { bankProtocol } from '#contracts';
import type { AdminDoors } from '../system/admin-doors.js';
import {
  told,
  type ServiceReply,
  type WhyJournalRecord,
  type DifferenceFacts,
  type ChargeFacts,
  type GatewayView,
  type KeyView,
  type LedgerView,
  type PaymentsView,
} from './evidence.js';

const ANSWER_WITHIN_MS = 3_000;

/** Asks everybody, and takes no for an answer: who is away leaves a gap in the story and nothing more. */
export async function gatherEvidence(doors: AdminDoors, chargeId: string): Promise<ChargeFacts> {
  const path = `/charges/${encodeURIComponent(chargeId)}`;
  const [charge, gateway, configured, ledger, differences] = await Promise.all([
    ask<Omit<PaymentsView, 'keys'>>(doors.payments, path),
    ask<GatewayView>(doors.gateway, path),
    ask<GatewayView['banks'] & object>(doors.gateway, '/banks'),
    ask<LedgerView>(doors.ledger, path),
    ask<DifferenceFacts[]>(doors.ledger, `${path}/differences`),
  ]);
  const asked = told(gateway)?.operations.map(({ bank }) => bank);
  const [payments, banks] = await Promise.all([
    withKeys(doors, charge),
    journalsOf(doors, chargeId, asked ? [...new Set(asked)] : bankProtocol.bankNames),
  ]);
  return {
    chargeId,
    payments,
    gateway: withTimes(gateway, told(configured) ?? []),
    ledger: withDifferences(ledger, told(differences) ?? []),
    banks,
  };
}

/** The charge that a refund gives back. */
export async function chargeOfRefund(doors: AdminDoors, refundId: string): Promise<ServiceReply<string>> {
  const refund = await ask<{ charge_id: string }>(doors.payments, `/refunds/${encodeURIComponent(refundId)}`);
  return refund.kind === 'told' ? { kind: 'told', view: refund.view.charge_id } : refund;
}

/** What was asked for under an idempotency key. */
export function keyOf(
  doors: AdminDoors,
  account: string,
  key: string,
): Promise<ServiceReply<KeyView & { chargeId: string | null }>> {
  return ask(doors.payments, keyPath(account, key));
}

const keyPath = (account: string, key: string): string =>
  `/keys/${encodeURIComponent(account)}/${encodeURIComponent(key)}`;

async function withKeys(
  doors: AdminDoors,
  asked: ServiceReply<Omit<PaymentsView, 'keys'>>,
): Promise<ServiceReply<PaymentsView>> {
  if (asked.kind !== 'told') return asked;
  const { charge, events } = asked.view;
  const names = new Set([
    charge.idempotency_key,
    ...events.flatMap(({ data }) => [data.capture?.key, data.refund?.opening.key, data.opening?.key]),
  ]);
  const keys = await Promise.all(
    [...names].flatMap((name) => (name === undefined ? [] : [keyOf(doors, charge.account, name)])),
  );
  return { kind: 'told', view: { ...asked.view, keys: keys.flatMap((key) => told(key) ?? []) } };
}

/** The gateway shows its rows as Postgres writes them: times as text. */
function withTimes(asked: ServiceReply<GatewayView>, banks: GatewayView['banks'] & object): ServiceReply<GatewayView> {
  if (asked.kind !== 'told') return asked;
  const { authorization, operations } = asked.view;
  const ms = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));
  return {
    kind: 'told',
    view: {
      authorization: {
        ...authorization,
        created_at: ms(authorization.created_at),
        updated_at: ms(authorization.updated_at),
      },
      banks,
      operations: operations.map((operation) => ({ ...operation, created_at: ms(operation.created_at) })),
    },
  };
}

function withDifferences(
  asked: ServiceReply<LedgerView>,
  differences: readonly DifferenceFacts[],
): ServiceReply<LedgerView> {
  return asked.kind === 'told' ? { kind: 'told', view: { ...asked.view, differences } } : asked;
}

async function journalsOf(
  { banks: [url] }: AdminDoors,
  chargeId: string,
  names: readonly string[],
): Promise<ServiceReply<readonly WhyJournalRecord[]>> {
  if (url === undefined) return { kind: 'away', because: 'nobody said where it is' };
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

async function ask<View>(urls: readonly string[], path: string): Promise<ServiceReply<View>> {
  let because = 'nobody said where it is';
  for (const url of urls) {
    try {
      const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (response.status === 404) return { kind: 'unknown' };
      if (response.ok) return { kind: 'told', view: (await response.json()) as View };
      because = `${url} answered ${response.status}`;
    } catch (error) {
      because = reasonOf(error, url);
    }
  }
  return { kind: 'away', because };
}

function reasonOf(error: unknown, url: string): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer from ${url} in time`;
  const code = (cause as { code?: string } | undefined)?.code;
  return code === 'ECONNREFUSED' ? `nothing listens at ${url}` : `${url}: ${code ?? message}`;
}
