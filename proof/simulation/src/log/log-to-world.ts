import type { Log } from '#telemetry';
import type { WorldLog } from './world-log.js';

type Fields = Readonly<Record<string, unknown>>;

const levels = ['info', 'warn', 'error', 'fatal'] as const;
export type WorldLogLevel = (typeof levels)[number];

/** A service's log that writes to the world's log. */
export function tellingLog(
  story: WorldLog,
  who: string,
  onLine: (level: WorldLogLevel, message: string, fields: Fields) => void,
): Log {
  const say =
    (level: WorldLogLevel) =>
    (first: Fields | string, message?: string): void => {
      const fields = typeof first === 'string' ? {} : first;
      const text = typeof first === 'string' ? first : (message ?? '');
      story.tell(who, () => `${level === 'info' ? '' : `${level}: `}${text}${inWords(fields)}`);
      onLine(level, text, fields);
    };
  const silent = (): void => undefined;
  const log = {
    trace: silent,
    debug: silent,
    ...Object.fromEntries(levels.map((level) => [level, say(level)])),
    child: () => log,
  };
  return log as unknown as Log;
}

export function inWords(fields: Fields): string {
  const parts = Object.entries(fields)
    .filter(([name]) => name !== 'traceparent' && name !== 'trace_id')
    .map(([name, value]) => `${name}=${value instanceof Error ? value.message : JSON.stringify(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
