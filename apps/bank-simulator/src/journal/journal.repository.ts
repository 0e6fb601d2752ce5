import { constants, type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { bankProtocol } from '#contracts';
import { ChargeIndex, type JournalSpan } from './charge-index.js';

type JournalRecord = bankProtocol.JournalRecord;

const readChunkBytes = 4 * 1024 * 1024;
/** Many times the longest record: a request has at most 64 KiB. */
const pageBytes = 1024 * 1024;
const newline = 0x0a;

/**
 * A bank's append-only journal, one JSON record per line. Group commit: one write is in flight, and records that come
 * meanwhile share the next write and its sync.
 */
export class Journal {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #charges: ChargeIndex;
  /** Bytes on disk. */
  #sizeBytes: number;
  /** Bytes including gathered records. */
  #appendedBytes: number;
  #gathered: string[] = [];
  #gatheredSynced = Promise.withResolvers<void>();
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  private constructor(path: string, file: FileHandle, sizeBytes: number, charges: ChargeIndex) {
    this.#path = path;
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    this.#appendedBytes = sizeBytes;
    this.#charges = charges;
  }

  /**
   * Opens or creates the file and replays it. An incomplete last line was never acknowledged: it is cut off.
   *
   * @throws JournalDamaged when another line cannot be read
   */
  static async open(path: string, replay: (record: JournalRecord) => void): Promise<Journal> {
    // O_DSYNC makes a write and its sync one call to the thread pool.
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, flags, 0o600);
    try {
      const charges = new ChargeIndex();
      const soundBytes = await replayLines(path, file, (record, span) => {
        charges.add(record, span);
        replay(record);
      });
      await file.truncate(soundBytes);
      await file.sync();
      await syncFolder(dirname(path));
      return new Journal(path, file, soundBytes, charges);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The write error after which the bank must stop answering. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  append(record: JournalRecord): void {
    const line = `${JSON.stringify(record)}\n`;
    const bytes = Buffer.byteLength(line);
    this.#charges.add(record, { fromByte: this.#appendedBytes, bytes });
    this.#appendedBytes += bytes;
    this.#gathered.push(line);
    this.#writing ??= this.#writeAll();
  }

  /** Rejects after a write error. */
  async synced(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#gathered.length > 0) await this.#gatheredSynced.promise;
    else await this.#writing;
    if (this.#failure) throw this.#failure;
  }

  /** Records on disk from a cursor on: 0, or the `next` of an earlier page. */
  async read(after: number, limitBytes = pageBytes): Promise<bankProtocol.JournalPage> {
    const chunk = Buffer.alloc(Math.max(0, Math.min(limitBytes, this.#sizeBytes - after)));
    await this.#file.read(chunk, 0, chunk.length, after);
    const lastNewline = chunk.lastIndexOf(newline);
    if (lastNewline < 0) return { records: [], next: after };
    const lines = chunk.toString('utf8', 0, lastNewline).split('\n');
    return { records: lines.map((line) => JSON.parse(line) as JournalRecord), next: after + lastNewline + 1 };
  }

  /** The records of one charge in order, including all that were appended before the call. */
  async recordsOf(chargeId: string): Promise<JournalRecord[]> {
    const own = await this.#readSpans(this.#charges.of(chargeId));
    const references = new Set(own.flatMap(([, { reference }]) => reference ?? []));
    // In older journals refusals and fences have no charge.
    const unnamed = await this.#readSpans([...references].flatMap((reference) => this.#charges.of(reference)));
    return [...own, ...unnamed].sort(([a], [b]) => a - b).map(([, record]) => record);
  }

  async #readSpans(spans: readonly JournalSpan[]): Promise<[fromByte: number, record: JournalRecord][]> {
    const records: [number, JournalRecord][] = [];
    for (const { fromByte, bytes } of spans) {
      if (fromByte + bytes > this.#sizeBytes) continue;
      const { buffer } = await this.#file.read(Buffer.alloc(bytes), 0, bytes, fromByte);
      records.push([fromByte, JSON.parse(buffer.toString()) as JournalRecord]);
    }
    return records;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    // Records of the same turn of the event loop share the first write.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#gathered.length > 0 && !this.#failure) {
      const batch = Buffer.from(this.#gathered.join(''));
      const { resolve } = this.#gatheredSynced;
      this.#gathered = [];
      this.#gatheredSynced = Promise.withResolvers<void>();
      try {
        await writeFully(this.#file, batch, this.#sizeBytes);
        this.#sizeBytes += batch.length;
      } catch (error) {
        this.#failure = new Error(`the journal ${this.#path} cannot be written`, { cause: error });
      }
      resolve();
    }
    this.#writing = undefined;
  }
}

export class JournalDamaged extends Error {
  readonly code = 'journal_damaged';
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** @returns how many bytes from the start are whole, readable lines */
async function replayLines(
  path: string,
  file: FileHandle,
  replay: (record: JournalRecord, span: JournalSpan) => void,
): Promise<number> {
  const chunk = Buffer.alloc(readChunkBytes);
  let rest = Buffer.alloc(0);
  let soundBytes = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return soundBytes;
    position += bytesRead;
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const end = bytes.lastIndexOf(newline) + 1;
    for (let from = 0; from < end;) {
      const to = bytes.indexOf(newline, from);
      const span = { fromByte: soundBytes, bytes: to + 1 - from };
      replay(parseLine(path, soundBytes, bytes.toString('utf8', from, to)), span);
      soundBytes += span.bytes;
      from = to + 1;
    }
    rest = bytes.subarray(end);
  }
}

function parseLine(path: string, atByte: number, line: string): JournalRecord {
  try {
    return JSON.parse(line) as JournalRecord;
  } catch (error) {
    throw new JournalDamaged(`${path} is damaged at byte ${atByte}: not a torn end, so nothing is cut`, {
      cause: error,
    });
  }
}

/** Syncs the folder, so that a new file's name is durable too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
