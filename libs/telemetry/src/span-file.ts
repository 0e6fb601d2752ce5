import { appendFile } from 'node:fs/promises';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { redact } from './redact.js';
import { spanRecord } from './span-record.js';

type Done = Parameters<SpanExporter['export']>[1];
type Result = Parameters<Done>[0];

// OpenTelemetry's ExportResultCode, written as numbers: the enum lives in a package that nothing else here needs.
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const [success, failure] = [0 as Result['code'], 1 as Result['code']];

/** Writes finished spans as JSON lines, for traces without a collector. Several processes may share the file. */
export class SpanFile implements SpanExporter {
  /** One write at a time, so that lines of two batches do not mix. */
  private written: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  export(spans: ReadableSpan[], done: Done): void {
    const lines = spans.map((span) => `${redact(JSON.stringify(spanRecord(span)))}\n`).join('');
    this.written = this.append(this.written, lines, done);
  }

  async forceFlush(): Promise<void> {
    await this.written;
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }

  private async append(behind: Promise<void>, lines: string, done: Done): Promise<void> {
    await behind;
    try {
      await appendFile(this.path, lines);
      done({ code: success });
    } catch (error) {
      done({ code: failure, error: error as Error });
    }
  }
}
