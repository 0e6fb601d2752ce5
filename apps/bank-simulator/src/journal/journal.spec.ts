import { appendFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { bankProtocol } from '#contracts';
import { Journal } from './journal.repository.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-journal-'));
  path = join(folder, 'alder.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const fence = (reference: string): bankProtocol.FenceRecord => ({
  type: 'fence',
  at: 1,
  bankId: `note_${reference}`,
  reference,
});

const request = (chargeId: string, at: number): bankProtocol.RequestRecord => ({
  type: 'request',
  at,
  operation: 'inquire',
  reference: `${chargeId}.op`,
  chargeId,
});

/** @returns a function that returns the bytes read since then */
async function countReads(): Promise<() => number> {
  const file = await open(path);
  const reads = jest.spyOn(Object.getPrototypeOf(file) as { read: (...given: unknown[]) => unknown }, 'read');
  await file.close();
  return () => {
    const bytes = reads.mock.calls.map(([, , length]) => length as number);
    reads.mockRestore();
    return bytes.reduce((sum, length) => sum + length, 0);
  };
}

/** Opens the journal. @returns it with the replayed references */
async function reopened(): Promise<{ journal: Journal; references: string[] }> {
  const references: string[] = [];
  const journal = await Journal.open(path, (record) => references.push((record as bankProtocol.FenceRecord).reference));
  return { journal, references };
}

describe('a journal', () => {
  it('has all appended records on disk, in order, once synced', async () => {
    const { journal } = await reopened();
    for (const reference of ['a', 'b', 'ä€']) journal.append(fence(reference));
    await journal.synced();
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4);
    await journal.close();
    const again = await reopened();
    expect(again.references).toEqual(['a', 'b', 'ä€']);
    await again.journal.close();
  });

  it('writes records that gathered during a write together', async () => {
    const { journal } = await reopened();
    const written: string[] = [];
    const answered = (name: string) => journal.synced().then(() => written.push(name));
    journal.append(fence('first'));
    const first = answered('first');
    await new Promise((resolve) => setImmediate(resolve)); // the first write has begun
    const rest = Array.from({ length: 100 }, (_, index) => {
      journal.append(fence(`op_${index}`));
      return answered('rest');
    });
    await first;
    expect(written).toEqual(['first']);
    await rest[0];
    await Promise.all(rest);
    expect(written).toHaveLength(101);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(102);
    await journal.close();
  });

  it('resolves `synced` at once without pending records', async () => {
    const { journal } = await reopened();
    await expect(journal.synced()).resolves.toBeUndefined();
    await journal.close();
  });

  it.each(['{"type":"fence","at":2', '{"type":"fence","at":2,"bankId":"x","reference":"torn"}', 'x'.repeat(200)])(
    'cuts off a last line without its end: %s',
    async (torn) => {
      const { journal } = await reopened();
      journal.append(fence('a'));
      await journal.synced();
      await journal.close();
      await appendFile(path, torn);

      const after = await reopened();
      expect(after.references).toEqual(['a']);
      expect(await readFile(path, 'utf8')).toBe(`${JSON.stringify(fence('a'))}\n`);
      after.journal.append(fence('b'));
      await after.journal.synced();
      await after.journal.close();
      const again = await reopened();
      expect(again.references).toEqual(['a', 'b']);
      await again.journal.close();
    },
  );

  it('refuses to open with a damaged line in the middle, and does not change the file', async () => {
    const text = `${JSON.stringify(fence('a'))}\n{"type":"fe\n${JSON.stringify(fence('b'))}\n`;
    await writeFile(path, text);
    await expect(reopened()).rejects.toMatchObject({ code: 'journal_damaged' });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('replays a file of many chunks, also lines across their boundaries', async () => {
    const long = 'x'.repeat(1000);
    const lines = Array.from({ length: 10_000 }, (_, index) => JSON.stringify(fence(`${index}${long}`)));
    await writeFile(path, `${lines.join('\n')}\n`);
    const { journal, references } = await reopened();
    expect(references).toEqual(Array.from({ length: 10_000 }, (_, index) => `${index}${long}`));
    await journal.close();
  });

  it('is read in pages, by cursor', async () => {
    const { journal } = await reopened();
    for (const reference of ['a', 'b', 'c', 'd', 'e']) journal.append(fence(reference));
    await journal.synced();
    const twoLinesAndABit = 2 * Buffer.byteLength(`${JSON.stringify(fence('a'))}\n`) + 5;
    const pages: unknown[] = [];
    for (let after = 0; ;) {
      const page = await journal.read(after, twoLinesAndABit);
      if (page.records.length === 0) break;
      pages.push(page.records.map((record) => (record as bankProtocol.FenceRecord).reference));
      after = page.next;
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    await journal.close();
  });

  it('reads only the records of one charge, at any length of the journal', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => JSON.stringify(request(`ch_${n % 5_000}`, n)));
    await writeFile(path, `${lines.join('\n')}\n`);
    const { journal } = await reopened();
    for (const record of [request('ch_ä', 20_000), request('ch_7', 20_001)]) journal.append(record);
    await journal.synced();
    const readBytes = await countReads();
    const records = await journal.recordsOf('ch_7');
    expect(records).toEqual([7, 5_007, 10_007, 15_007, 20_001].map((at) => request('ch_7', at)));
    expect(readBytes()).toBe(Buffer.byteLength(records.map((record) => `${JSON.stringify(record)}\n`).join('')));
    expect(await journal.recordsOf('ch_5000')).toEqual([]);
    await journal.close();
  });

  it('finds the refusals and fences of a charge, in an older journal by reference', async () => {
    const asked = request('ch_1', 1);
    const older = [fence('ch_1.op'), fence('ch_2.op')];
    await writeFile(path, [asked, ...older].map((record) => `${JSON.stringify(record)}\n`).join(''));
    const { journal } = await reopened();
    const named = { ...fence('ch_1.never_seen'), chargeId: 'ch_1' };
    journal.append(named);
    await journal.synced();
    expect(await journal.recordsOf('ch_1')).toEqual([asked, older[0], named]);
    await journal.close();
  });

  it('rejects all current and later waits after a write error', async () => {
    const { journal } = await reopened();
    await journal.close();
    journal.append(fence('lost'));
    await expect(journal.synced()).rejects.toThrow('cannot be written');
    await expect(journal.synced()).rejects.toThrow('cannot be written');
    expect(journal.failure).toBeDefined();
  });
});
