import { z } from 'zod';
import { bankProtocol, views } from '#contracts';
import type { AdminDoors } from './admin-doors.js';
import { also, keyOfEvent, told, type ChargeFacts, type ServiceReply, type WhyJournalRecord } from './evidence.js';

/** Reads a URL within a time limit. @throws an error named TimeoutError when the limit has passed */
export type ReadUrl = (url: string) => Promise<Response>;

/** Asks every service and bank about one charge. One that is away leaves a gap in the story and nothing more. */
export class EvidenceClient {
  constructor(
    private readonly doors: AdminDoors,
    private readonly read: ReadUrl,
  ) {}

  async gather(chargeId: string): Promise<ChargeFacts> {
    const { doors } = this;
    const path = `/charges/${encodeURIComponent(chargeId)}`;
    const [charge, gateway, configured, ledger, found] = await Promise.all([
      this.#ask(doors.payments, path, views.paymentsChargeView),
      this.#ask(doors.gateway, path, views.gatewayChargeView),
      this.#ask(doors.gateway, '/banks', z.array(views.bankStateView)),
      this.#ask(doors.ledger, path, views.ledgerChargeView),
      this.#ask(doors.ledger, `${path}/differences`, z.array(views.differenceView)),
    ]);
    const asked = told(gateway)?.operations.map(({ bank }) => bank);
    const [{ keys, replies }, journals] = await Promise.all([
      this.#keysOf(told(charge)),
      this.#journalsOf(chargeId, asked ? [...new Set(asked)] : bankProtocol.bankNames),
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
  async chargeOfRefund(refundId: string): Promise<ServiceReply<string>> {
    const refund = await this.#ask(this.doors.payments, `/refunds/${encodeURIComponent(refundId)}`, views.refundView);
    return refund.kind === 'told' ? { kind: 'told', view: refund.view.chargeId } : refund;
  }

  /** What was asked for under an idempotency key. */
  key(account: string, key: string): Promise<ServiceReply<views.KeyView>> {
    const path = `/keys/${encodeURIComponent(account)}/${encodeURIComponent(key)}`;
    return this.#ask(this.doors.payments, path, views.keyView);
  }

  async #keysOf(view: views.PaymentsChargeView | undefined) {
    if (!view) return { keys: [], replies: [] };
    const names = new Set(view.events.flatMap((event) => keyOfEvent(event, view) ?? []));
    const replies = await Promise.all([...names].map((name) => this.key(view.charge.account, name)));
    return { keys: replies.flatMap((key) => told(key) ?? []), replies };
  }

  async #journalsOf(chargeId: string, names: readonly string[]): Promise<ServiceReply<readonly WhyJournalRecord[]>> {
    const [url] = this.doors.banks;
    if (url === undefined) return { kind: 'away', because: 'its address is not known' };
    try {
      const journals = await Promise.all(names.map((bank) => this.#journalOf(url, bank, chargeId)));
      return { kind: 'told', view: journals.flat() };
    } catch (error) {
      return { kind: 'away', because: reasonOf(error, url) };
    }
  }

  async #journalOf(url: string, bank: string, chargeId: string): Promise<WhyJournalRecord[]> {
    const response = await this.read(`${url}/banks/${bank}/journal/charges/${encodeURIComponent(chargeId)}`);
    const { records } = bankProtocol.chargeRecordsSchema.parse(await response.json());
    return records.map((record) => ({ ...record, bank }));
  }

  async #ask<View>(urls: readonly string[], path: string, schema: z.ZodType<View>): Promise<ServiceReply<View>> {
    let because = 'its address is not known';
    for (const url of urls) {
      try {
        const response = await this.read(`${url}${path}`);
        if (response.status === 404) return { kind: 'unknown' };
        if (response.ok) return viewIn(schema, await response.json(), path);
        because = `${url} answered ${response.status}`;
      } catch (error) {
        because = reasonOf(error, url);
      }
    }
    return { kind: 'away', because };
  }
}

/** Fields that are not in the schema are passed over: the service may be newer than this command. */
function viewIn<View>(schema: z.ZodType<View>, answer: unknown, door: string): ServiceReply<View> {
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
