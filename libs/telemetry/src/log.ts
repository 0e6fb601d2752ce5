import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { redact } from './redact.js';
import { traceIdOf } from './traceparent.js';

/** `log.info({ charge: 'ch_…' }, 'what happened')`: fields first, then one sentence. */
export type Log = Logger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  service: string;
  instance: string;
  level?: LogLevel;
  /** Default: standard output. */
  destination?: DestinationStream;
}

/** One JSON object a line. Every line is redacted as it leaves, whatever was put into it and however deep. */
export function createLog({ service, instance, level = 'info', destination }: LogOptions): Log {
  return pino(
    {
      level,
      base: { service, instance },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redact },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** The fields by which lines of different services are brought together. */
export function about(subject: { traceparent?: string | undefined; charge?: string | undefined }): object {
  const traceId = subject.traceparent && traceIdOf(subject.traceparent);
  return { ...(traceId && { trace_id: traceId }), ...(subject.charge && { charge: subject.charge }) };
}
