import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { EvidenceClient } from '#charge-story';
import type { Clock } from '#clock';
import { consoleConfig } from '../settings.module.js';
import type { ConsoleSettings } from '../settings.js';
import { CLOCK } from '../tokens.js';
import { fetchWithin } from './fetch-within.client.js';
import { addressesIn, type ServiceAddresses, type SupervisedUrls } from './service-addresses.js';
import { SupervisorClient } from './supervisor.client.js';

const ANSWER_WITHIN_MS = 2_000;
/** A view may read many rows. */
const VIEW_WITHIN_MS = 10_000;

export type ViewAnswer<View> =
  { readonly kind: 'told'; readonly view: View } | { readonly kind: 'away'; readonly because: string };

/** Reads the operators' ports of the services and of the banks. */
@Injectable()
export class SystemClient {
  #supervised: ServiceAddresses | undefined;

  constructor(
    @Inject(consoleConfig.KEY) private readonly settings: Pick<ConsoleSettings, 'doors' | 'apiUrl'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly supervisor: SupervisorClient,
  ) {}

  /** The environment's, else the supervisor's. @throws SupervisorRefused while that has not answered yet */
  async addresses(): Promise<ServiceAddresses> {
    const { doors, apiUrl: api } = this.settings;
    if (Object.values(doors).some((urls: readonly string[]) => urls.length > 0)) return { ...doors, api };
    this.#supervised ??= addressesIn(await this.supervisor.ask<SupervisedUrls>('GET', '/urls'));
    return this.#supervised;
  }

  async evidence(): Promise<EvidenceClient> {
    return new EvidenceClient(await this.addresses(), (url) => fetchWithin(this.clock, ANSWER_WITHIN_MS, url));
  }

  /** The text of `/metrics`, or undefined when the process does not answer. */
  async metrics(url: string): Promise<string | undefined> {
    try {
      const response = await fetchWithin(this.clock, ANSWER_WITHIN_MS, `${url}/metrics`);
      return response.ok ? await response.text() : undefined;
    } catch {
      return undefined;
    }
  }

  /** A view of the first instance that answers. */
  async view<View>(urls: readonly string[], path: string, schema: z.ZodType<View>): Promise<ViewAnswer<View>> {
    let because = 'its address is not known';
    for (const url of urls) {
      try {
        const response = await fetchWithin(this.clock, VIEW_WITHIN_MS, `${url}${path}`);
        if (response.ok) return { kind: 'told', view: schema.parse(await response.json()) };
        because = `${url} answered ${response.status}`;
      } catch (error) {
        because = reasonOf(error, url);
      }
    }
    return { kind: 'away', because };
  }

  /** The view of each instance that answers. */
  async views<View>(urls: readonly string[], path: string, schema: z.ZodType<View>): Promise<View[]> {
    const answers = await Promise.all(urls.map((url) => this.view([url], path, schema)));
    return answers.flatMap((answer) => (answer.kind === 'told' ? [answer.view] : []));
  }

  /** Changes the faults of the banks. */
  async askBanks(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Response> {
    const { banks } = await this.addresses();
    return fetchWithin(this.clock, ANSWER_WITHIN_MS, `${banks[0]}${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  }
}

function reasonOf(error: unknown, url: string): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer from ${url} in time`;
  const code = (cause as { code?: string } | undefined)?.code;
  return code === 'ECONNREFUSED' ? `nothing listens at ${url}` : `${url}: ${code ?? message}`;
}
