import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpException, Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#clock';
import { consoleConfig } from '../settings.module.js';
import type { ConsoleSettings } from '../settings.js';
import { CLOCK } from '../tokens.js';
import { fetchWithin } from './fetch-within.client.js';

/** A sentence for the operator: the supervisor does not answer, or has refused. The page is given it as it is. */
export class SupervisorRefused extends HttpException {
  constructor(status: number, message: string) {
    super({ message }, status);
    this.message = message;
  }
}

const ANSWER_WITHIN_MS = 3_000;
/** Longer than the slowest start of a process. */
const COMMAND_WITHIN_MS = 240_000;

/** The control API of the supervisor of `npm start`; there is none under compose. */
@Injectable()
export class SupervisorClient {
  constructor(
    @Inject(consoleConfig.KEY) private readonly settings: Pick<ConsoleSettings, 'supervisorRunDir'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get exists(): boolean {
    return this.settings.supervisorRunDir !== undefined;
  }

  /** @throws SupervisorRefused */
  async ask<Answer>(method: 'GET' | 'POST', path: string): Promise<Answer> {
    const { supervisorRunDir: folder } = this.settings;
    if (folder === undefined) throw new SupervisorRefused(404, 'No supervisor runs here: use docker compose.');
    const [url, token] = await Promise.all(
      // Written anew by each supervisor, after this process has started.
      ['control-url', 'control-token'].map((file) => readFile(join(folder, file), 'utf8')),
    ).catch(() => {
      throw new SupervisorRefused(503, 'The supervisor is not ready yet.');
    });
    const withinMs = method === 'GET' ? ANSWER_WITHIN_MS : COMMAND_WITHIN_MS;
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetchWithin(this.clock, withinMs, `${url}${path}`, { method, headers }).catch(() => {
      throw new SupervisorRefused(503, `The supervisor at ${url} does not answer.`);
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new SupervisorRefused(response.status, (answer as { error: string }).error);
    return answer as Answer;
  }
}
