import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface LogLine {
  readonly time: string;
  readonly service: string;
  readonly instance: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Every line of every service's log. What is no line of ours (a crash's last words) is left out. */
export async function* linesIn(logsDir: string): AsyncGenerator<LogLine> {
  const files = (await readdir(logsDir)).filter((file) => file.endsWith('.log'));
  for (const file of files) {
    for await (const text of createInterface({ input: createReadStream(join(logsDir, file)) })) {
      if (!text.startsWith('{')) continue;
      const line = parse(text);
      if (line?.instance !== undefined) yield line;
    }
  }
}

function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined; // cut off by a kill
  }
}
