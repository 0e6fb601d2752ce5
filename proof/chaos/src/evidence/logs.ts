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

/** Message given to output that is no log line: a warning of Node, the stack trace of a crash. */
export const NO_LINE_OF_THE_LOG = 'wrote something that is no line of its log';

/** Reads every line of every service's log. */
export async function* linesIn(logsDir: string): AsyncGenerator<LogLine> {
  const files = (await readdir(logsDir)).filter((file) => file.endsWith('.log'));
  for (const file of files) {
    let before: LogLine | undefined;
    for await (const text of createInterface({ input: createReadStream(join(logsDir, file)) })) {
      if (text.startsWith('{')) {
        const line = parse(text);
        if (line?.instance === undefined) continue;
        before = line;
        yield line;
      } else if (text.trim() !== '' && before) {
        // Only a service writes such lines; the logs of Kafka and Postgres have none and are skipped.
        const { time, service, instance } = before;
        yield { time, service, instance, level: 'fatal', msg: NO_LINE_OF_THE_LOG, text };
      }
    }
  }
}

function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined; // truncated by a kill
  }
}
