import type { bankProtocol } from '#contracts';
import { CommandError } from '../command.js';

const ANSWER_WITHIN_MS = 5_000;

/** Client of the bank simulator's admin API for faults. Each call throws CommandError if it fails. */
export class FaultsClient {
  constructor(private readonly url: string) {}

  list(): Promise<bankProtocol.StandingFaultRule[]> {
    return this.#ask('GET', '/faults');
  }

  add(rule: bankProtocol.FaultRuleInput): Promise<bankProtocol.StandingFaultRule> {
    return this.#ask('POST', '/faults', rule);
  }

  async clear(id?: string): Promise<void> {
    await this.#ask('DELETE', id === undefined ? '/faults' : `/faults/${encodeURIComponent(id)}`);
  }

  async #ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }).catch(() => {
      throw new CommandError(`The banks do not answer at ${this.url}: holdfast ctl shows what runs.`);
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer;
    throw new CommandError(`The banks refuse: ${messageIn(text)}.`);
  }
}

function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
