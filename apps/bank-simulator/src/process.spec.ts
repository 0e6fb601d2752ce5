import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '#clock';
import { bankProtocol } from '#contracts';
import { eventually } from '#testing';
import { authorization } from './faults/simulator-under-test.js';

// A process compiles its sources first, on a busy machine.
jest.setTimeout(30_000);

const clock = new SystemClock();
let dataDir: string;
let running: ChildProcess | undefined;
beforeEach(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'holdfast-banks-'))));
afterEach(async () => {
  running?.kill('SIGKILL');
  await rm(dataDir, { recursive: true });
});

interface Started {
  process: ChildProcess;
  banks: Record<bankProtocol.BankName, string>;
  admin: string;
}

/** Starts a simulator as a process. Resolves with its log line `ready`. */
async function started(): Promise<Started> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'run-source.mjs'), join(import.meta.dirname, 'main.ts')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        BANKS_DATA_DIR: dataDir,
        BANKS_ADMIN_PORT: '0',
        BANK_ALDER_PORT: '0',
        BANK_BIRCH_PORT: '0',
        BANK_CEDAR_PORT: '0',
        BANK_DOGWOOD_PORT: '0',
      },
    },
  );
  running = child;
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { msg, ...where } = JSON.parse(line) as { msg: string } & Omit<Started, 'process'>;
  expect(msg).toBe('ready');
  return { process: child, ...where };
}

async function ask(url: string, request: bankProtocol.BankRequest): Promise<Record<string, unknown>> {
  const { method, path, body } = bankProtocol.wireOf(request);
  const response = await fetch(`${url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  return (await response.json()) as Record<string, unknown>;
}

describe('the process', () => {
  it('loses no answered request when it is killed under load', async () => {
    const first = await started();
    const acknowledged: string[] = [];
    const caller = async (): Promise<void> => {
      for (;;) {
        const answer = await ask(first.banks.alder, authorization(clock.now())).catch(() => undefined);
        if (!answer) return;
        acknowledged.push(String(answer['bankId']));
      }
    };
    const callers = Promise.all(Array.from({ length: 32 }, caller));
    await eventually('500 answers have come', () => acknowledged.length >= 500, { timeoutMs: 20_000 });
    first.process.kill('SIGKILL');
    await callers;

    const second = await started();
    const found = new Set<string>();
    for (let after = 0, more = true; more; after += 1000) {
      const page = bankProtocol.statementAnswerSchema.parse(
        await ask(second.banks.alder, { kind: 'statement', after, limit: 1000 }),
      );
      for (const { bankId } of page.entries) found.add(bankId);
      more = page.more;
    }
    expect(acknowledged.filter((bankId) => !found.has(bankId))).toEqual([]);
  });

  it('stops at once and cleanly on SIGTERM, also while a fault keeps a caller waiting', async () => {
    const { process, admin, banks } = await started();
    const body = JSON.stringify({ fault: 'hang', operation: 'authorize' });
    await fetch(`${admin}/faults`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const hanging = ask(banks.alder, authorization(clock.now())).catch((error: Error) => error.message);
    await eventually('the request has arrived', async () => {
      const { records } = (await (await fetch(`${admin}/banks/alder/journal`)).json()) as bankProtocol.JournalPage;
      return records.length === 1;
    });
    process.kill('SIGTERM');
    expect(await once(process, 'exit')).toEqual([0, null]);
    expect(await hanging).toBe('fetch failed');
  });

  it('names a wrong variable, and exits with 1', async () => {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'run-source.mjs'), join(import.meta.dirname, 'main.ts')],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { BANKS_ADMIN_PORT: 'x' } },
    );
    running = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said).toMatch(/^BANKS_ADMIN_PORT=x: .+\n$/);
  });
});
